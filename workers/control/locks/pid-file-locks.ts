import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileLocks, HeldLock } from './file-locks.ts'
import { openLockFile } from './open-lock-file.ts'

const RETRY_MS = 50

/**
 * Locks where there is no flock program: a file beside the lock file that names the process. Weaker: what a killed
 * process leaves behind is only removed by the next one that looks whether that process still runs.
 */
export const pidFileLocks: FileLocks = {
  async lock(file, { waitSeconds = 0, everyUser = false } = {}) {
    const owner = `${file}.pid`
    const end = performance.now() + waitSeconds * 1000
    while (!claim(owner)) {
      if (performance.now() >= end) return null
      await sleep(RETRY_MS)
    }
    return held(openLockFile(file, everyUser), owner)
  },
  async isHeld(file) {
    const owner = readOwner(`${file}.pid`)
    return owner !== null && owner !== identity(process.pid) && isAlive(owner)
  }
}

function held(fd: number, owner: string): HeldLock {
  let open = true
  return {
    fd,
    release() {
      if (!open) return
      open = false
      fs.closeSync(fd)
      fs.rmSync(owner, { force: true })
    }
  }
}

function claim(owner: string): boolean {
  const own = `${owner}.${process.pid}`
  fs.writeFileSync(own, identity(process.pid))
  try {
    removeStale(owner)
    fs.linkSync(own, owner)
    return true
  } catch {
    return false
  } finally {
    fs.rmSync(own, { force: true })
  }
}

function removeStale(owner: string): void {
  const found = readOwner(owner)
  if (found === null || isAlive(found)) return
  const aside = `${owner}.stale.${process.pid}`
  fs.renameSync(owner, aside)
  // Someone else may have been quicker: what was moved aside may be a living lock.
  if (fs.readFileSync(aside, 'utf8') !== found) fs.linkSync(aside, owner)
  fs.rmSync(aside, { force: true })
}

function readOwner(owner: string): string | null {
  try {
    return fs.readFileSync(owner, 'utf8')
  } catch {
    return null
  }
}

/** The process and when it started, where that can be known: process numbers are used again. */
function identity(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return `${pid} `
  }
}

function isAlive(owner: string): boolean {
  const pid = Number(owner.split(' ')[0])
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return identity(pid) === owner
}
