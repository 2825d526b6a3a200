import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Open file descriptors of a process; Linux only. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Bytes of memory that a process holds; Linux only. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kilobytes) * 1024
}

/** Lets a running process have only `spare` file descriptors more than it has now. The returned function lifts the limit; Linux only. */
export function limitFiles(pid: number, spare: number): () => void {
  const before = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))?.[1] ?? '1024'
  const set = (soft: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`])
  set(String(openFiles(pid) + spare))
  return () => {
    if (existsSync(`/proc/${pid}`)) set(before)
  }
}
