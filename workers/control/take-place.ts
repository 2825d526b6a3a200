import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import { lockDataDir } from './locks/data-dir-lock.ts'
import type { FileLocks } from './locks/file-locks.ts'
import { flockLocks, hasFlock } from './locks/flock-locks.ts'
import { prepareLockFolder } from './locks/lock-folder.ts'
import { pidFileLocks } from './locks/pid-file-locks.ts'
import { PortClaims, type PortConflict } from './locks/port-claims.ts'
import { findOrphans, type Orphans } from './orphans.ts'
import { PortBook } from './port-book.ts'
import { portsOf } from '../../shared/ports/port-range.ts'

/** What on this machine belongs to one data node alone. */
export interface Place {
  ports: PortBook
  orphans: Orphans
  release(): void
}

/**
 * Locks DATA_DIR, claims the ports of the ranges and reserves them.
 * @throws Error with one clear line that names what is taken and the process that has it.
 */
export async function takePlace(env: NodeEnvironment, log: Log): Promise<Place> {
  const locks = await chooseLocks(log)
  const held = await lockDataDir(env.dataDir, locks)
  const orphans = await findOrphans(env.dataDir, log)
  const claims = new PortClaims({ locks, folder: prepareLockFolder(env.lockDir), dataDir: env.dataDir })
  const release = (): void => {
    claims.release()
    held.release()
  }
  const numbers = portsOf([...env.httpPorts, ...env.httpsPorts])
  const ports = new PortBook({ threads: env.threads, ports: numbers, claims, predecessors: () => orphans.places(), log })
  const conflicts = await ports.reserve()
  if (conflicts[0] !== undefined) {
    release()
    throw new Error(conflictLine(conflicts[0], conflicts.length))
  }
  return { ports, orphans, release }
}

async function chooseLocks(log: Log): Promise<FileLocks> {
  if (await hasFlock()) return flockLocks
  log.warn('there is no flock program (util-linux has it): pid files are used as locks, which notice less')
  return pidFileLocks
}

function conflictLine({ place, holder }: PortConflict, count: number): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : ''
  return `port ${place.port}${more} of HTTP_PORT_RANGE or HTTPS_PORT_RANGE belongs to another data node of this machine: pid ${holder.pid}, DATA_DIR ${holder.dataDir}`
}
