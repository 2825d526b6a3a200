import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { GATEWAY, listContestants } from '../contestants.ts'
import { cpuOf, measureRequests, ratioToNginx, requestRows, REQUESTS_HEAD, REQUESTS_TEXT, type RunsByName } from '../measure-requests.ts'

const COUNTS = [10, 1000, 10_000]

export const routes: BenchCase = {
  name: 'routes',
  summary: 'GET of 1 KiB with 10, 1,000 and 10,000 routes',
  async measure(bench) {
    const byCount = new Map<number, RunsByName>()
    for (const count of COUNTS) {
      const contestants = listContestants().filter(({ holdsManyRoutes }) => holdsManyRoutes || count <= 10)
      byCount.set(count, await measureRequests(bench, { name: titleOf(count), contestants, routes: count, answerBytes: 1024 }))
    }
    const runsAt = (count: number): RunsByName => byCount.get(count) ?? new Map()
    const atThousand = judge({ what: 'CPU for each request at 1,000 routes', limit: 1.35, unit: ' x nginx' }, ratioToNginx(runsAt(1000)))
    const growth = cpuOf(runsAt(10_000), GATEWAY) / cpuOf(runsAt(10), GATEWAY)
    const atTenThousand = judge({ what: 'CPU for each request at 10,000 routes', limit: 1.1, unit: ' x its own at 10 routes' }, growth)
    return {
      title: 'GET of 1 KiB, by the number of routes',
      text: `Requests go over all routes in turn. ${REQUESTS_TEXT} The three packages are measured with 10 routes only: http-proxy-3 and http2-proxy look nothing up, @fastify/http-proxy makes a pool of connections for each route.`,
      head: REQUESTS_HEAD,
      rows: [
        ...requestRows(titleOf(10), runsAt(10)),
        ...requestRows(titleOf(1000), runsAt(1000), atThousand),
        ...requestRows(titleOf(10_000), runsAt(10_000), atTenThousand)
      ],
      budgets: [atThousand, atTenThousand]
    }
  }
}

function titleOf(count: number): string {
  return `GET 1 KiB, ${count.toLocaleString('en')} routes`
}
