import type { Heartbeat, PortState } from '../../../../shared/schema/node-api.ts'
import type { NodeItem } from '../../api/types.ts'

export type PortUse = 'free' | 'drafted' | PortState['state']

/** A port of a reserved range, as a square of the map. */
export interface PortCell {
  port: number
  protocol: 'http' | 'https'
  use: PortUse
  /** Of the draft's listener on it. */
  listener: string
  /** Nodes on which it is in use by another program, or failed. */
  troubled: string[]
}

const MOST_CELLS = 2_000

/** The ports of a range such as "8080-8099,80", at most `most`. */
export function portsOf(range: string, most = MOST_CELLS): number[] {
  const ports: number[] = []
  for (const part of range.split(',')) {
    const [from, to = from] = part.trim().split('-').map(Number)
    if (from === undefined || to === undefined || !Number.isInteger(from) || !Number.isInteger(to) || from < 1) continue
    for (let port = from; port <= to && ports.length < most; port++) ports.push(port)
  }
  return ports
}

/** Every port that a node reserves, with what becomes of it: what nodes report, else the draft's listener, else free. */
export function portCells(nodes: readonly NodeItem[], listeners: readonly { name: string; port: number; protocol: 'http' | 'https' }[]): PortCell[] {
  const cells = new Map<number, PortCell>()
  const names = new Map(listeners.map(({ port, name }) => [port, name]))
  const beats = nodes.flatMap(({ id, heartbeat }) => (heartbeat === null ? [] : [{ id, heartbeat }]))
  for (const { heartbeat } of beats) {
    addRange(cells, heartbeat.httpPortRange, 'http', names)
    addRange(cells, heartbeat.httpsPortRange, 'https', names)
  }
  for (const { id, heartbeat } of beats) for (const state of heartbeat.ports) report(cells, id, state, names)
  return [...cells.values()].sort((a, b) => a.port - b.port)
}

function addRange(cells: Map<number, PortCell>, range: Heartbeat['httpPortRange'], protocol: PortCell['protocol'], names: ReadonlyMap<number, string>): void {
  for (const port of portsOf(range)) {
    const listener = names.get(port) ?? ''
    if (!cells.has(port)) cells.set(port, { port, protocol, use: listener === '' ? 'free' : 'drafted', listener, troubled: [] })
  }
}

function report(cells: Map<number, PortCell>, nodeId: string, { port, protocol, state }: PortState, names: ReadonlyMap<number, string>): void {
  const cell = cells.get(port) ?? { port, protocol, use: state, listener: names.get(port) ?? '', troubled: [] }
  cells.set(port, cell)
  const isTrouble = state === 'port_in_use' || state === 'failed'
  if (isTrouble) cell.troubled.push(nodeId)
  if (isTrouble || cell.troubled.length === 0) cell.use = state
}
