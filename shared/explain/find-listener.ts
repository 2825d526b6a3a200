import type { ExplainRequest } from '../schema/explain.ts'
import type { Listener } from '../schema/listener.ts'
import type { Identified } from '../schema/snapshot.ts'

/** The enabled listener that the request is for: the one that is named, else the one with the scheme and port of the URL. */
export function findListener(listeners: readonly Identified<Listener>[], { url, listener }: Pick<ExplainRequest, 'url' | 'listener'>): Identified<Listener> | null {
  const enabled = listeners.filter((one) => one.enabled)
  if (listener !== undefined) return enabled.find(({ id, name }) => id === listener || name.toLowerCase() === listener.toLowerCase()) ?? null
  const [, scheme = 'http', given] = /^(https?):\/\/(?:\[[^\]]*\]|[^/?:]*)(?::(\d+))?/i.exec(url) ?? []
  const protocol = scheme.toLowerCase()
  const port = Number(given ?? (protocol === 'https' ? 443 : 80))
  return enabled.find((one) => one.port === port && one.protocol === protocol) ?? null
}
