import { installPackage, type PackageNames } from './install-package.ts'
import { isThere } from './is-there.ts'

const CLIENTS: Record<string, PackageNames> = {
  curl: { 'apt-get': ['curl'], dnf: ['curl'], apk: ['curl'], brew: ['curl'] },
  nghttp: { 'apt-get': ['nghttp2-client'], dnf: ['nghttp2'], apk: ['nghttp2'], brew: ['nghttp2'] },
  h2load: { 'apt-get': ['nghttp2-client'], dnf: ['nghttp2'], apk: ['nghttp2'], brew: ['nghttp2'] }
}

/** Whether the machine has curl, nghttp and h2load, or could install them. */
export function ensureHttp2Clients(say: (line: string) => void): boolean {
  for (const [program, packages] of Object.entries(CLIENTS)) {
    if (isThere(program)) continue
    say(`${program}, a client of HTTP/2 for tests, was not found; installing it`)
    installPackage(packages, say)
  }
  return Object.keys(CLIENTS).every(isThere)
}
