import type net from 'node:net'
import { type HeldConnections, holdConnections } from '../../workers/testing/held-connections.ts'
import { type Bench, LOAD_CPU } from './bench.ts'
import { budgetCell, type BudgetLine } from './budget.ts'
import type { RunningProxy } from './contestant.ts'
import { GATEWAY, NGINX } from './contestants.ts'
import { pathsOf, prefixesOf, type Lined, withLineUp } from './line-up.ts'
import { mebibytes, settledBytes } from './memory.ts'
import { FILES_NEEDED, raiseFileLimit } from './requirements.ts'
import { runLoad } from './wrk.ts'
import type { Contestant } from './contestant.ts'

const AT_ONCE = 100
const WARM_UP_CONNECTIONS = 32
const KIB = 1024
/** Of the files that a process may open: this gateway keeps some of them for what is not a client. */
const USABLE_FILES = 0.9
const PREFIXES = prefixesOf(10)

export const IDLE = 10_000
export const IDLE_HEAD = ['Proxy', 'Before, MiB', 'With the connections, MiB', 'KiB for each', 'Ratio to nginx', 'Budget']
export const IDLE_TEXT = 'Resident memory of the process that holds the connections (of those that share them, where one may not open so many files), warmed up before, when it has settled; memory of the kernel is not in it.'

export interface HeldMemory {
  name: string
  before: number
  after: number
  perConnection: number
}

export interface IdlePlan {
  name: string
  contestants: readonly Contestant[]
  origin(): Promise<RunningProxy>
  isSecure?: boolean
  /** Files that a connection takes of the proxy; 1 unless given. Where one process may not open enough, several share the connections. */
  files?: number
  /** Field lines of the one request of each connection. */
  fields?: string
  /** Opens a client connection; plain TCP unless given. */
  open?: (port: number) => net.Socket
}

/** Opens connections with one request each to every contestant in turn. */
export async function holdIdle(bench: Bench, plan: IdlePlan): Promise<HeldMemory[]> {
  const limit = raiseFileLimit()
  if (limit < FILES_NEEDED) throw new Error(`the case "${plan.name}" needs ${FILES_NEEDED} file descriptors; see ulimit -n`)
  const processes = Math.ceil((IDLE * (plan.files ?? 1)) / (limit * USABLE_FILES))
  const held: HeldMemory[] = []
  for (const contestant of plan.contestants) {
    held.push(await withLineUp(bench, { origin: plan.origin, contestants: Array.from({ length: processes }, () => contestant), prefixes: PREFIXES }, (lined) => holdTogether(bench, plan, lined)))
  }
  return held
}

/** All processes of one contestant hold their share at the same time. */
async function holdTogether(bench: Bench, plan: IdlePlan, lined: readonly Lined[]): Promise<HeldMemory> {
  const name = lined[0]!.contestant.name
  const count = IDLE / lined.length
  for (const { proxy } of lined) await warmUp(bench, plan, proxy)
  const before = await settledSum(bench, lined)
  const held = lined.map(({ proxy }) => holdOn(plan, proxy))
  try {
    bench.say(`${plan.name}: ${name} opening ${IDLE.toLocaleString('en')} connections${lined.length === 1 ? '' : ` to ${lined.length} processes`}`)
    for (const connections of held) await connections.add(count, AT_ONCE)
    const after = await settledSum(bench, lined)
    for (const { open } of held) if (open !== count) throw new Error(`${name} holds only ${open} of ${count} connections`)
    const perConnection = (after - before) / IDLE
    bench.say(`${plan.name}: ${name} ${(perConnection / KIB).toFixed(1)} KiB for each connection`)
    return { name, before, after, perConnection }
  } finally {
    for (const connections of held) connections.close()
  }
}

async function warmUp(bench: Bench, { isSecure = false }: IdlePlan, { port }: RunningProxy): Promise<void> {
  await runLoad({ port, paths: pathsOf(PREFIXES), isSecure, folder: bench.folder, connections: WARM_UP_CONNECTIONS, seconds: bench.seconds, cpu: LOAD_CPU, signal: bench.signal })
}

function holdOn({ fields = '', open }: IdlePlan, { port }: RunningProxy): HeldConnections {
  return holdConnections(port, `GET ${pathsOf(PREFIXES)[0]} HTTP/1.1\r\nHost: bench\r\n${fields}\r\n`, open === undefined ? undefined : () => open(port))
}

async function settledSum(bench: Bench, lined: readonly Lined[]): Promise<number> {
  let bytes = 0
  for (const { proxy } of lined) bytes += await settledBytes(proxy.workerPid, bench.signal)
  return bytes
}

/** KiB that each connection of this gateway takes. */
export function gatewayKib(held: readonly HeldMemory[]): number {
  return perConnection(held, GATEWAY) / KIB
}

export function idleRows(held: readonly HeldMemory[], budget: BudgetLine): string[][] {
  return held.map((one) => [
    one.name, mebibytes(one.before), mebibytes(one.after), (one.perConnection / KIB).toFixed(1), (one.perConnection / perConnection(held, NGINX)).toFixed(2), one.name === GATEWAY ? budgetCell(budget) : ''
  ])
}

function perConnection(held: readonly HeldMemory[], name: string): number {
  return held.find((one) => one.name === name)?.perConnection ?? NaN
}
