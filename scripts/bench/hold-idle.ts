import type net from 'node:net'
import { holdConnections } from '../../workers/testing/held-connections.ts'
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
const PREFIXES = prefixesOf(10)

export const IDLE = 10_000
export const IDLE_HEAD = ['Proxy', 'Before, MiB', 'With the connections, MiB', 'KiB for each', 'Ratio to nginx', 'Budget']
export const IDLE_TEXT = 'Resident memory of the process that holds the connections, warmed up before, when it has settled; memory of the kernel is not in it.'

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
  /** Connections; IDLE unless given. */
  count?: number
  /** Field lines of the one request of each connection. */
  fields?: string
  /** Opens a client connection; plain TCP unless given. */
  open?: (port: number) => net.Socket
}

/** Opens connections with one request each to every contestant in turn. */
export async function holdIdle(bench: Bench, plan: IdlePlan): Promise<HeldMemory[]> {
  if (raiseFileLimit() < FILES_NEEDED) throw new Error(`the case "${plan.name}" needs ${FILES_NEEDED} file descriptors; see ulimit -n`)
  const held: HeldMemory[] = []
  for (const contestant of plan.contestants) {
    held.push(await withLineUp(bench, { origin: plan.origin, contestants: [contestant], prefixes: PREFIXES }, async ([one]) => holdOne(bench, plan, one!)))
  }
  return held
}

async function holdOne(bench: Bench, { name: what, isSecure = false, count = IDLE, fields = '', open }: IdlePlan, { contestant: { name }, proxy }: Lined): Promise<HeldMemory> {
  const paths = pathsOf(PREFIXES)
  await runLoad({ port: proxy.port, paths, isSecure, folder: bench.folder, connections: WARM_UP_CONNECTIONS, seconds: bench.seconds, cpu: LOAD_CPU, signal: bench.signal })
  const before = await settledBytes(proxy.workerPid, bench.signal)
  const request = `GET ${paths[0]} HTTP/1.1\r\nHost: bench\r\n${fields}\r\n`
  const connections = holdConnections(proxy.port, request, open === undefined ? undefined : () => open(proxy.port))
  try {
    bench.say(`${what}: ${name} opening ${count.toLocaleString('en')} connections`)
    await connections.add(count, AT_ONCE)
    const after = await settledBytes(proxy.workerPid, bench.signal)
    if (connections.open !== count) throw new Error(`${name} holds only ${connections.open} of ${count} connections`)
    const perConnection = (after - before) / count
    bench.say(`${what}: ${name} ${(perConnection / KIB).toFixed(1)} KiB for each connection`)
    return { name, before, after, perConnection }
  } finally {
    connections.close()
  }
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
