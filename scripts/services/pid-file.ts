import { spawnSync } from 'node:child_process'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Claims a file for this process until it ends. Returns null when claimed, else the number of the process that has it.
 * A file left by a process that was killed is taken over, also when its number belongs to another process now.
 */
export function claimPidFile(file: string): number | null {
  const own = `${file}.${process.pid}`
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 })
  try {
    const holder = holderOf(file)
    if (holder !== null) return holder
    rmSync(file, { force: true })
    // A link is made whole or not at all, and only one process can make it.
    linkSync(own, file)
  } catch {
    return holderOf(file) ?? -1
  } finally {
    rmSync(own, { force: true })
  }
  process.once('exit', () => rmSync(file, { force: true }))
  return null
}

function holderOf(file: string): number | null {
  try {
    const [pid = '', ...start] = readFileSync(file, 'utf8').trim().split(' ')
    return start.length > 0 && startOf(Number(pid)) === start.join(' ') ? Number(pid) : null
  } catch {
    return null
  }
}

/** When the process started, in a form that only serves to be compared; empty when it does not run. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : fields[19] ?? ''
  } catch {
    if (process.platform === 'linux') return ''
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
  }
}
