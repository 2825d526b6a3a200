import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { descendants } from '../services/descendants.ts'

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** User and system time of the process and everything below it, in microseconds since they started (proc_pid_stat(5)). */
export function cpuMicroseconds(pid: number): number {
  let ticks = 0
  for (const one of descendants(pid)) {
    try {
      const stat = readFileSync(`/proc/${one}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It ended in between.
    }
  }
  return ticks / TICKS_PER_SECOND * 1e6
}

/** Keeps every thread of the process and of everything below it on one CPU, or on those of a list. */
export function pinTo(cpus: number | string, pid: number): void {
  for (const one of descendants(pid)) execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(cpus), String(one)], { stdio: 'ignore' })
}
