import type { ExplainedSetting } from '../schema/explain.ts'
import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { Upstream } from '../schema/upstream.ts'

/** The limits that apply to a request of the route; `upstream` is null when none gets it. */
export function explainSettings(listener: Listener, route: Route, upstream: Upstream | null): ExplainedSetting[] {
  const { timeouts, maxRequestBodyBytes } = route
  const settings: ExplainedSetting[] = [
    { name: 'maxRequestBodyBytes', value: unlimited(maxRequestBodyBytes ?? listener.limits.maxRequestBodyBytes), from: maxRequestBodyBytes === undefined ? 'listener' : 'route' },
    { name: 'timeouts.activityMs', value: String(timeouts.activityMs), from: 'route' },
    { name: 'timeouts.totalMs', value: unlimited(timeouts.totalMs), from: 'route' }
  ]
  if (upstream === null) return settings
  const retry = route.retry ?? upstream.retry
  const from = route.retry === undefined ? 'upstream' : 'route'
  return [
    ...settings,
    { name: 'timeouts.connectMs', value: String(timeouts.connectMs ?? upstream.connection.connectTimeoutMs), from: timeouts.connectMs === undefined ? 'upstream' : 'route' },
    { name: 'loadBalancing', value: route.loadBalancing ?? upstream.loadBalancing, from: route.loadBalancing === undefined ? 'upstream' : 'route' },
    { name: 'retry.attempts', value: String(retry.attempts), from },
    { name: 'retry.statuses', value: retry.statuses.length === 0 ? 'none' : retry.statuses.join(', '), from }
  ]
}

function unlimited(value: number): string {
  return value === 0 ? 'no limit' : String(value)
}
