import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { installHint, installPackage, type PackageNames } from '../../../scripts/services/install-package.ts'

const CHROMIUM: PackageNames = { 'apt-get': ['chromium', 'chromium-browser'], dnf: ['chromium'], apk: ['chromium'], brew: ['chromium'] }
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PLACES = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Path of the machine's Chromium; installed when it is missing. Throws one line that says what to install. */
export function ensureChromium(): string {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const found = findChromium() ?? (installPackage(CHROMIUM, say) ? findChromium() : null)
  if (found === null) throw new Error(`Chromium is needed for the browser tests: ${installHint(CHROMIUM)}`)
  return found
}

function findChromium(): string | null {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin'].filter((folder) => folder !== '')
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...PLACES]
  return candidates.find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
