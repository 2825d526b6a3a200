import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendants } from '../services/descendants.ts'

const MIB = 1024 * 1024
const SETTLED_BYTES = MIB / 4
const SETTLED_MS = 4_000
const STEP_MS = 500
const LONGEST_MS = 60_000

/** Resident bytes of a process: now (VmRSS) or at most since the last `forgetPeak` (VmHWM); proc_pid_status(5). */
export function residentBytes(pid: number, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** The same summed up over the process and everything below it; pages they share count for each. */
export function treeBytes(pid: number, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  return descendants(pid).reduce((sum, one) => sum + residentBytes(one, field), 0)
}

/** Sets the peak of the process and of everything below it to what it holds now. */
export function forgetPeak(pid: number): void {
  for (const one of descendants(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5')
}

/** Waits until the memory of a process has not moved by 256 KiB for 4 s, at most a minute; gives the bytes it then holds. */
export async function settledBytes(pid: number, signal: AbortSignal): Promise<number> {
  const seen: number[] = []
  for (let waited = 0; waited < LONGEST_MS; waited += STEP_MS) {
    seen.push(residentBytes(pid))
    const last = seen.slice(-SETTLED_MS / STEP_MS)
    if (last.length === SETTLED_MS / STEP_MS && Math.max(...last) - Math.min(...last) < SETTLED_BYTES) break
    await sleep(STEP_MS, undefined, { signal })
  }
  return residentBytes(pid)
}

export function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(1)
}
