import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * The folder in which all data nodes of this machine find one another, made when it is not there.
 * `wanted` is used or refused; without it the first place that can be written.
 * @throws Error with one clear line.
 */
export function prepareLockFolder(wanted: string | null): string {
  const candidates = wanted === null ? ['/run/lock/open-gateway', path.join(os.tmpdir(), 'open-gateway-locks')] : [wanted]
  let reason: unknown
  for (const folder of candidates) {
    try {
      makeShared(folder)
      return folder
    } catch (error) {
      reason = error
    }
  }
  throw new Error(`no folder for locks can be written (${candidates.join(', ')}): ${(reason as Error).message}; set GATEWAY_LOCK_DIR`)
}

function makeShared(folder: string): void {
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(folder, { recursive: true })
    // Every user may add files, nobody may remove those of another.
    fs.chmodSync(folder, 0o1777)
  }
  fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK)
}
