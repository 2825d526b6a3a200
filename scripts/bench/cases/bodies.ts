import type { BenchCase } from '../bench.ts'
import { listContestants } from '../contestants.ts'
import { measureRequests, requestRows, REQUESTS_HEAD, REQUESTS_TEXT } from '../measure-requests.ts'

const KIB = 1024
const KINDS = [
  { name: 'GET 100 KiB', answerBytes: 100 * KIB },
  { name: 'POST 16 KiB', answerBytes: KIB, postBytes: 16 * KIB }
]

export const bodies: BenchCase = {
  name: 'bodies',
  summary: 'GET of 100 KiB and POST of 16 KiB',
  async measure(bench) {
    const rows: string[][] = []
    for (const kind of KINDS) {
      rows.push(...requestRows(kind.name, await measureRequests(bench, { ...kind, contestants: listContestants(), routes: 10 })))
    }
    return { title: 'Larger bodies', text: `10 routes. ${REQUESTS_TEXT} The POST is answered with 1 KiB.`, head: REQUESTS_HEAD, rows, budgets: [] }
  }
}
