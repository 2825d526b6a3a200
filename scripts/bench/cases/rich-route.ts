import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { GATEWAY, listContestants, NGINX } from '../contestants.ts'
import { RICH_HEADERS, startRichGateway } from '../gateway.ts'
import { pathsOf, prefixesOf } from '../line-up.ts'
import { measureRequests, ratioToNginx, requestRows, REQUESTS_HEAD, REQUESTS_TEXT } from '../measure-requests.ts'

const ROUTES = 1000
const PLAIN = `${GATEWAY}, a plain route`

export const richRoute: BenchCase = {
  name: 'rich-route',
  summary: 'GET of 1 KiB of one route among 1,000 with transforms, header rules and affinity',
  async measure(bench) {
    const [gateway, nginx] = [GATEWAY, NGINX].map((wanted) => listContestants().find(({ name }) => name === wanted)!)
    const contestants = [{ ...gateway!, start: startRichGateway }, nginx!, { ...gateway!, name: PLAIN }]
    const runs = await measureRequests(bench, { name: 'GET 1 KiB, a rich route', contestants, routes: ROUTES, answerBytes: 1024, paths: pathsOf(prefixesOf(1)), headers: RICH_HEADERS })
    const budget = judge({ what: 'CPU for each request of a route with 5 transforms, 2 header rules and affinity, among 1,000', limit: 1.35, unit: ' x nginx' }, ratioToNginx(runs))
    return {
      title: 'GET of 1 KiB of a rich route',
      text: `Every request goes to the one route among ${ROUTES.toLocaleString('en')} that has five transforms (two of the path, two of headers, one of the answer), two header rules, and Hash affinity by the client's key over three targets. nginx and the plain route only pass the request on. ${REQUESTS_TEXT}`,
      head: REQUESTS_HEAD,
      rows: requestRows('rich route', runs, budget),
      budgets: [budget]
    }
  }
}
