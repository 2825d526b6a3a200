import { LOAD_CPU, type Bench, type BenchCase } from '../bench.ts'
import { budgetCell, judge, type BudgetLine } from '../budget.ts'
import { GATEWAY, listContestants, NGINX } from '../contestants.ts'
import { cpuMicroseconds } from '../cpu-time.ts'
import { pathsOf, prefixesOf, withLineUp, type Lined } from '../line-up.ts'
import { medianBy } from '../median.ts'
import { forgetPeak, mebibytes, treeBytes } from '../memory.ts'
import { startNodeProgram } from '../node-program.ts'
import { transfer } from '../transfer.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const PREFIXES = prefixesOf(1)
const FLAT_MIB = 64
const LEAST_SPEED = 0.7
/** Below this share of its CPU a proxy was waiting for the load. */
const BUSY = 0.85

const DIRECTIONS = ['down', 'up'] as const
type Direction = (typeof DIRECTIONS)[number]

interface Passage {
  bytesPerSecond: number
  cpuSeconds: number
  /** Share of its CPU that the proxy used. */
  busy: number
  /** Most bytes that the process tree held, and how many more than before the first body. */
  peak: number
  grown: number
}

export const largeBodies: BenchCase = {
  name: 'large-bodies',
  summary: '1 GiB down and up: MB/s and memory',
  measure(bench) {
    const bytes = bench.isQuick ? GIB / 4 : GIB
    const origin = () => startNodeProgram('large-origin.ts', [String(bytes)])
    return withLineUp(bench, { origin, contestants: listContestants(), prefixes: PREFIXES }, async (lined) => {
      const rows: string[][] = []
      const budgets: BudgetLine[] = []
      for (const direction of DIRECTIONS) {
        const passages = await passInTurn(bench, lined, direction, bytes)
        const nginx = medianOf(passages, NGINX)
        const ours = budgetsOf(direction, medianOf(passages, GATEWAY), nginx)
        budgets.push(...ours)
        rows.push(...[...passages.keys()].map((name) => rowOf(direction, name, medianOf(passages, name), nginx, name === GATEWAY ? ours : [])))
      }
      return {
        title: `${bytes / MIB} MiB in one body`,
        text: `One connection; client and origin share the other CPU. "Busy" is the share of its CPU that a proxy used: below ${BUSY * 100} % the load was the limit, and the CPU time says more than the speed. Memory is that of the process tree: its peak, and how much the peak lies above what it held before the first body in this direction.`,
        head: ['Case', 'Proxy', 'MB/s', 'Speed, ratio to nginx', 'CPU s/GiB', 'CPU, ratio to nginx', 'Busy %', 'Peak MiB', 'Grown by MiB', 'Budget'],
        rows,
        budgets
      }
    })
  }
}

async function passInTurn(bench: Bench, lined: readonly Lined[], direction: Direction, bytes: number): Promise<Map<string, Passage[]>> {
  const passages = new Map<string, Passage[]>(lined.map(({ contestant }) => [contestant.name, []]))
  const heldBefore = new Map(lined.map(({ contestant, proxy }) => [contestant.name, treeBytes(proxy.pid)]))
  for (const one of lined) await passOnce(bench, one, direction, bytes)
  for (let run = 0; run < bench.runs; run++) {
    for (const one of lined) {
      const { name } = one.contestant
      const passage = await passOnce(bench, one, direction, bytes)
      passages.get(name)?.push({ ...passage, grown: passage.peak - (heldBefore.get(name) ?? 0) })
      bench.say(`${direction}: ${name} ${(passage.bytesPerSecond / 1e6).toFixed(0)} MB/s, busy ${(passage.busy * 100).toFixed(0)} %, peak ${mebibytes(passage.peak)} MiB`)
    }
  }
  return passages
}

async function passOnce(bench: Bench, { proxy }: Lined, direction: Direction, bytes: number): Promise<Omit<Passage, 'grown'>> {
  const [path = '/'] = pathsOf(PREFIXES)
  forgetPeak(proxy.pid)
  const before = cpuMicroseconds(proxy.pid)
  const seconds = await transfer({ port: proxy.port, path, bytes, direction, cpu: LOAD_CPU, signal: bench.signal })
  const used = (cpuMicroseconds(proxy.pid) - before) / 1e6
  const peak = treeBytes(proxy.pid, 'VmHWM')
  return { bytesPerSecond: bytes / seconds, cpuSeconds: used * GIB / bytes, busy: used / seconds, peak }
}

function medianOf(passages: ReadonlyMap<string, readonly Passage[]>, name: string): Passage {
  return medianBy(passages.get(name) ?? [], ({ bytesPerSecond }) => bytesPerSecond)
}

function budgetsOf(direction: Direction, ours: Passage, nginx: Passage): BudgetLine[] {
  return [
    judge({ what: `Speed of a large body ${direction}`, limit: LEAST_SPEED, isLeast: true, unit: ' x nginx' }, ours.bytesPerSecond / nginx.bytesPerSecond),
    judge({ what: `CPU for a large body ${direction}, were the CPU the only limit`, limit: Math.round(100 / LEAST_SPEED) / 100, unit: ' x nginx' }, ours.cpuSeconds / nginx.cpuSeconds),
    judge({ what: `Memory that a large body ${direction} adds at its peak`, limit: FLAT_MIB, unit: ' MiB', digits: 1 }, ours.grown / MIB)
  ]
}

function rowOf(direction: Direction, name: string, one: Passage, nginx: Passage, budgets: readonly BudgetLine[]): string[] {
  return [
    direction,
    name,
    (one.bytesPerSecond / 1e6).toFixed(0),
    (one.bytesPerSecond / nginx.bytesPerSecond).toFixed(2),
    one.cpuSeconds.toFixed(2),
    (one.cpuSeconds / nginx.cpuSeconds).toFixed(2),
    (one.busy * 100).toFixed(0),
    mebibytes(one.peak),
    mebibytes(one.grown),
    budgets.map(budgetCell).join('; ')
  ]
}
