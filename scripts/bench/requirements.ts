import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { installHint, installPackage } from '../services/install-package.ts'
import type { PackageNames } from '../services/install-package.ts'
import { isThere } from '../services/is-there.ts'
import { HAPROXY } from './haproxy.ts'
import { NGINX_BINARY } from './nginx.ts'

/** File descriptors that ten thousand connections and what lies beside them take. */
export const FILES_NEEDED = 12_000
const FILES_WANTED = 60_000

const TOOLS: Record<string, PackageNames> = {
  wrk: allNamed('wrk'),
  [NGINX_BINARY]: allNamed('nginx'),
  [HAPROXY]: allNamed('haproxy'),
  h2load: { 'apt-get': ['nghttp2-client'], dnf: ['nghttp2'], apk: ['nghttp2'], brew: ['nghttp2'] },
  taskset: allNamed('util-linux')
}

/** Installs what is missing, where it may. Throws one line that says what to install. */
export function ensureTools(say: (line: string) => void): void {
  for (const [program, packages] of Object.entries(TOOLS)) {
    if (isThere(program) || (installPackage(packages, say) && isThere(program))) continue
    throw new Error(`${program} is needed: ${installHint(packages)}`)
  }
}

/** Lets this process and what it starts open as many files as it may; gives how many that are. */
export function raiseFileLimit(): number {
  const [, soft = '0', hard = '0'] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
  for (const limit of [Math.max(Number(hard), FILES_WANTED), Number(hard)]) {
    try {
      execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}:${limit}`], { stdio: 'ignore' })
      return limit
    } catch {
      // Only root may raise the hard limit.
    }
  }
  return Number(soft)
}

function allNamed(name: string): PackageNames {
  return { 'apt-get': [name], dnf: [name], apk: [name], brew: [name] }
}
