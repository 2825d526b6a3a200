import { spawn } from 'node:child_process'
import fs from 'node:fs'
import type { FileLocks, HeldLock } from './file-locks.ts'
import { openLockFile } from './open-lock-file.ts'

/** What `flock -n` ends with when somebody else holds the lock. */
const CONFLICT = 1

/**
 * Locks by flock(2), through the flock program of util-linux or BusyBox. The lock belongs to the open file, which the
 * program gets from here and shares: it stays with this process when the program ends and goes when this process does.
 * Descriptors of Node are closed on exec, so no child keeps it.
 */
export const flockLocks: FileLocks = {
  async lock(file, { waitSeconds = 0, everyUser = false } = {}) {
    const fd = openLockFile(file, everyUser)
    if (await flock(fd, waitSeconds)) return held(fd)
    fs.closeSync(fd)
    return null
  },
  async isHeld(file) {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
    try {
      return !(await flock(fd, 0))
    } finally {
      fs.closeSync(fd)
    }
  }
}

/** Whether this machine has the program. */
export async function hasFlock(): Promise<boolean> {
  try {
    await run(['--version'], null)
    return true
  } catch {
    return false
  }
}

function held(fd: number): HeldLock {
  let open = true
  return {
    fd,
    release() {
      if (open) fs.closeSync(fd)
      open = false
    }
  }
}

async function flock(fd: number, waitSeconds: number): Promise<boolean> {
  const { code, said } = await run(waitSeconds > 0 ? ['-x', '-w', String(waitSeconds), '3'] : ['-x', '-n', '3'], fd)
  if (code !== 0 && code !== CONFLICT) throw new Error(`flock ended with ${code}: ${said.trim() || 'no reason given'}`)
  return code === 0
}

function run(args: string[], fd: number | null): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', args, { stdio: ['ignore', 'ignore', 'pipe', ...(fd === null ? [] : [fd])] })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 1000) said += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}
