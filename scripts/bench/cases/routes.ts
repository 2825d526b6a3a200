import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import type { Contestant } from '../contestant.ts'
import { FEW_ROUTES, GATEWAY, listContestants } from '../contestants.ts'
import { cpuRatio, measureRequests, ratioToNginx, requestRows, REQUESTS_HEAD, REQUESTS_TEXT, type RunsByName } from '../measure-requests.ts'

const MANY = 1000
const MOST = 10_000
const GATEWAY_WITH_FEW = `${GATEWAY} with ${FEW_ROUTES} routes`

export const routes: BenchCase = {
  name: 'routes',
  summary: 'GET of 1 KiB with 10, 1,000 and 10,000 routes',
  async measure(bench) {
    const measure = (count: number, contestants: Contestant[]): Promise<RunsByName> => measureRequests(bench, { name: titleOf(count), contestants, routes: count, answerBytes: 1024 })
    const all = listContestants()
    const holders = all.filter(({ mostRoutes }) => mostRoutes > FEW_ROUTES)
    // Side by side in one go, for what is told apart here is small.
    const withFew = all.filter(({ name }) => name === GATEWAY).map((gateway) => ({ ...gateway, name: GATEWAY_WITH_FEW, mostRoutes: FEW_ROUTES }))
    const few = await measure(FEW_ROUTES, all)
    const many = await measure(MANY, holders)
    const most = await measure(MOST, [...holders, ...withFew])
    const atMany = judge({ what: `CPU for each request at ${inWords(MANY)}`, limit: 1.35, unit: ' x nginx' }, ratioToNginx(many))
    const atMost = judge({ what: `CPU for each request at ${inWords(MOST)}`, limit: 1.1, unit: ` x its own at ${inWords(FEW_ROUTES)}` }, cpuRatio(most, GATEWAY, GATEWAY_WITH_FEW))
    return {
      title: 'GET of 1 KiB, by the number of routes',
      text: `Requests go over all routes in turn. ${REQUESTS_TEXT} The three packages are measured with ${FEW_ROUTES} routes only: http-proxy-3 and http2-proxy look nothing up, @fastify/http-proxy makes a pool of connections for each route.`,
      head: REQUESTS_HEAD,
      rows: [...requestRows(titleOf(FEW_ROUTES), few), ...requestRows(titleOf(MANY), many, atMany), ...requestRows(titleOf(MOST), most, atMost)],
      budgets: [atMany, atMost]
    }
  }
}

function titleOf(count: number): string {
  return `GET 1 KiB, ${inWords(count)}`
}

function inWords(count: number): string {
  return `${count.toLocaleString('en')} routes`
}
