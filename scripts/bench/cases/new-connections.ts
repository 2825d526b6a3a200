import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { listContestants } from '../contestants.ts'
import { measureRequests, ratioToNginx, requestRows, REQUESTS_HEAD, REQUESTS_TEXT } from '../measure-requests.ts'

const NAME = 'GET 1 KiB, new connection'

export const newConnections: BenchCase = {
  name: 'new-connections',
  summary: 'a new client connection for each request',
  async measure(bench) {
    const runs = await measureRequests(bench, { name: NAME, contestants: listContestants(), routes: 10, answerBytes: 1024, isClosing: true })
    const budget = judge({ what: 'CPU for each request on a new connection', limit: 1.6, unit: ' x nginx' }, ratioToNginx(runs))
    return {
      title: 'A new connection for each request',
      text: `Every request says \`Connection: close\`; connections to the origin are kept. 10 routes. ${REQUESTS_TEXT}`,
      head: REQUESTS_HEAD,
      rows: requestRows(NAME, runs, budget),
      budgets: [budget]
    }
  }
}
