import { readdirSync, readFileSync } from 'node:fs'

/** The process and every process below it, as /proc has them now; Linux only. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = parentOf(entry)
    if (parent !== null) children.set(parent, [...children.get(parent) ?? [], Number(entry)])
  }
  const found = [pid]
  for (let index = 0; index < found.length; index++) found.push(...children.get(found[index] as number) ?? [])
  return found
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in brackets may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
