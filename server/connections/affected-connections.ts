import { ConnectionCountsAnswer } from '../../shared/schema/node-question.ts'
import type { OnRemove } from '../../shared/schema/route.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import type { Deps } from '../deps.ts'
import { askEveryNode } from '../questions/ask-every-node.ts'

const decode = compileDecoder(ConnectionCountsAnswer)

/** The open WebSockets of one route that a publish would touch. */
export interface AffectedConnections {
  routeId: string
  route: string
  /** What goes: their route, or the port that they came in on. */
  because: 'route' | 'port'
  /** keep: they stay open until either side ends them. */
  promise: OnRemove['connections']
  open: number
}

/** What a publish of the content would do to WebSockets that are open now, as the nodes count them. @throws AppError redis_unavailable */
export async function affectedConnections(deps: Pick<Deps, 'db' | 'redis'>, content: SnapshotContent): Promise<{ affected: AffectedConnections[]; open: number; missing: string[] }> {
  const { answers, missing } = await askEveryNode(deps, { kind: 'connectionCounts' }, decode)
  const counts = answers.flatMap((answer) => answer.counts)
  const routes = new Map(content.routes.map((route) => [route.id, route]))
  const ports = new Set(content.listeners.flatMap(({ enabled, address, port }) => (enabled ? [`${address} ${port}`] : [])))
  const affected = new Map<string, AffectedConnections>()
  for (const { routeId, route, address, port, onRemove, open } of counts) {
    const next = routes.get(routeId)
    const because = next === undefined || !next.enabled ? 'route' : ports.has(`${address} ${port}`) ? null : 'port'
    if (because === null) continue
    const promise = next?.onRemove.connections ?? onRemove
    const key = `${routeId} ${because} ${promise}`
    affected.set(key, { routeId, route, because, promise, open: open + (affected.get(key)?.open ?? 0) })
  }
  return { affected: [...affected.values()].toSorted((a, b) => b.open - a.open), open: counts.reduce((sum, { open }) => sum + open, 0), missing }
}
