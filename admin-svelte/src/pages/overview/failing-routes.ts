import type { RecentRequest } from '../../../../shared/schema/recent-request.ts'

/** A route some of whose requests failed lately. */
export interface FailingRoute {
  /** '': requests that no route took. */
  route: string
  failed: number
  /** The reason that most of them have: the gateway's code, else the status; '0' where the client went away first. */
  reason: string
  /** When the newest of them ended. */
  lastAt: string
}

/** The routes of failed requests, those with most failures first. */
export function failingRoutes(failed: readonly Pick<RecentRequest, 'route' | 'code' | 'status' | 'time'>[], most: number): FailingRoute[] {
  const byRoute = Map.groupBy(failed, ({ route }) => route)
  return [...byRoute]
    .map(([route, requests]) => ({
      route,
      failed: requests.length,
      reason: mostFrequent(requests.map(({ code, status }) => code || String(status))),
      lastAt: requests.reduce((last, { time }) => (time > last ? time : last), '')
    }))
    .sort((a, b) => b.failed - a.failed || (a.route < b.route ? -1 : 1))
    .slice(0, most)
}

function mostFrequent(words: readonly string[]): string {
  const [first] = [...Map.groupBy(words, (word) => word).values()].sort((a, b) => b.length - a.length)
  return first?.[0] ?? ''
}
