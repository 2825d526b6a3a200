import fs from 'node:fs'
import path from 'node:path'
import type { FileLocks, HeldLock } from './file-locks.ts'

/**
 * Makes the folder and takes it for this process alone.
 * @throws Error with one clear line that names the process that has it.
 */
export async function lockDataDir(dataDir: string, locks: FileLocks): Promise<HeldLock> {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = path.join(dataDir, 'lock')
  const held = await locks.lock(file)
  if (held === null) throw new Error(`DATA_DIR ${dataDir} is in use by another data node (pid ${holderOf(file)})`)
  fs.ftruncateSync(held.fd)
  fs.writeSync(held.fd, String(process.pid), 0)
  return held
}

function holderOf(file: string): string {
  return /^\d{1,10}$/.exec(fs.readFileSync(file, 'utf8').trim())?.[0] ?? 'unknown'
}
