import type { ConnectionCount, ConnectionFilter, OpenConnection } from '../../shared/schema/open-connection.ts'
import type { WebSocket } from './web-socket.ts'

const MOST_PATH = 1_000

/** The WebSockets that fit, as people see them. */
export function describeConnections(webSockets: readonly WebSocket[], { routeId, listener, tenant, client }: ConnectionFilter): OpenConnection[] {
  const fits = (given: string | undefined, is: string): boolean => given === undefined || given === is
  return webSockets
    .filter(({ facts }) => fits(routeId, facts.routeId) && fits(listener, facts.listener) && fits(tenant, facts.tenant) && fits(client, facts.client))
    .map(({ facts, bytesIn, bytesOut, messagesIn, messagesOut }) => ({
      id: facts.id,
      since: new Date(facts.since).toISOString(),
      listener: facts.listener,
      routeId: facts.routeId,
      route: facts.route,
      upstream: facts.upstream,
      target: facts.target,
      tenant: facts.tenant,
      user: facts.user,
      client: facts.client,
      host: facts.host,
      path: facts.path.slice(0, MOST_PATH),
      bytesIn,
      bytesOut,
      messagesIn,
      messagesOut
    }))
}

/** How many there are, by route and port. */
export function countConnections(webSockets: readonly WebSocket[]): ConnectionCount[] {
  const counts = new Map<string, ConnectionCount>()
  for (const { facts } of webSockets) {
    const { routeId, route, key, onRemove } = facts
    const at = key.lastIndexOf('|')
    const place = `${routeId} ${key} ${onRemove.connections}`
    const count = counts.get(place) ?? { routeId, route, address: key.slice(0, at), port: Number(key.slice(at + 1)), onRemove: onRemove.connections, open: 0 }
    counts.set(place, { ...count, open: count.open + 1 })
  }
  return [...counts.values()]
}
