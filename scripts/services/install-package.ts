import { spawnSync } from 'node:child_process'
import { isThere } from './is-there.ts'

/** The packages of one program, by package manager; the first that can be installed is taken. */
export type PackageNames = Record<'apt-get' | 'dnf' | 'apk' | 'brew', readonly string[]>

type Manager = keyof PackageNames

const INSTALL: Record<Manager, readonly string[]> = {
  'apt-get': ['install', '-y', '--no-install-recommends'],
  dnf: ['install', '-y'],
  apk: ['add', '--no-cache'],
  brew: ['install']
}

/**
 * Installs a program with the machine's package manager: as root, with a sudo that asks for no password, or with
 * brew. Returns false when none of these is there or all failed; asks nothing.
 */
export function installPackage(names: PackageNames, say: (line: string) => void): boolean {
  const manager = (Object.keys(INSTALL) as Manager[]).find(isThere)
  if (manager === undefined) return false
  const prefix = rightsFor(manager)
  if (prefix === null) return false
  const run = (args: readonly string[]): boolean => {
    const [command = manager, ...rest] = [...prefix, manager, ...args]
    say(`${[command, ...rest].join(' ')} ...`)
    const result = spawnSync(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    if (result.status !== 0) say(result.stderr.trim().split('\n').slice(-3).join('\n'))
    return result.status === 0
  }
  const install = (): boolean => names[manager].some((name) => run([...INSTALL[manager], name]))
  if (install()) return true
  // A fresh Debian image has no package lists.
  return manager === 'apt-get' && run(['update']) && install()
}

/** How an install must be typed by a person on this machine. */
export function installHint(names: PackageNames): string {
  const manager = (Object.keys(INSTALL) as Manager[]).find(isThere)
  if (manager === undefined) return `install ${names['apt-get'][0]} with the package manager of this machine`
  return `run: ${manager === 'brew' ? '' : 'sudo '}${manager} ${INSTALL[manager][0]} ${names[manager][0]}`
}

function rightsFor(manager: Manager): string[] | null {
  if (manager === 'brew') return process.getuid?.() === 0 ? null : []
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}
