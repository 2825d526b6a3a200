import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

/**
 * Removes the lock file of a server that was killed when its process number belongs to another program now
 * (PostgreSQL itself would refuse to start). Throws when the server of this data directory still runs.
 */
export function removeStaleLock(dataDir: string): void {
  const file = path.join(dataDir, 'postmaster.pid')
  let pid: number
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  } catch {
    return
  }
  if (!Number.isInteger(pid) || pid <= 1) return rmSync(file, { force: true })
  const command = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
  // Without a usable `ps`, PostgreSQL decides by itself.
  if (command.error) return
  if (command.stdout.includes(dataDir)) {
    throw new Error(`PostgreSQL process ${pid} is already using ${dataDir}; stop it, or use another DATA_DIR`)
  }
  rmSync(file, { force: true })
}
