import type { Bench, BenchCase } from '../bench.ts'
import { type BudgetLine, judge } from '../budget.ts'
import { H2_TEXT, runH2Load } from '../h2load.ts'
import { measureRequests, ratioToNginx, requestRows, REQUESTS_HEAD, type RequestsPlan, type RunsByName } from '../measure-requests.ts'
import { runResumed } from '../resumed.ts'
import { secureContestants } from '../two-contestants.ts'

function measureSecure(bench: Bench, plan: Pick<RequestsPlan, 'name' | 'isClosing' | 'runLoad'>): Promise<RunsByName> {
  return measureRequests(bench, { ...plan, contestants: secureContestants(), routes: 10, answerBytes: 1024, isSecure: true })
}

export const tls: BenchCase = {
  name: 'tls',
  summary: 'GET of 1 KiB over TLS by HTTP/1.1 and HTTP/2; handshakes, full and resumed',
  async measure(bench) {
    const h1 = await measureSecure(bench, { name: 'TLS, HTTP/1.1' })
    const h2 = await measureSecure(bench, { name: 'TLS, HTTP/2', runLoad: runH2Load })
    const full = await measureSecure(bench, { name: 'a full handshake each', isClosing: true })
    const resumed = await measureSecure(bench, { name: 'a resumed handshake each', runLoad: runResumed })
    const h1Budget = judge({ what: 'CPU for each request over TLS, HTTP/1.1', limit: 1.4, unit: ' x nginx' }, ratioToNginx(h1))
    const h2Budget = judge({ what: 'CPU for each request over TLS, HTTP/2', limit: 2.5, unit: ' x nginx' }, ratioToNginx(h2))
    const row = (title: string, runs: RunsByName, budget?: BudgetLine) => requestRows(title, runs, budget)
    return {
      title: 'TLS and HTTP/2',
      text: `TLS 1.3, a key on P-256, 10 routes, 1 KiB, HTTP/1.1 to the origin. HTTP/1.1: wrk with 32 connections; HTTP/2: ${H2_TEXT}. Full handshakes: wrk, a new connection for each request. Resumed ones: a client of Node with one session ticket, which is slower than either proxy, so the requests per second say nothing there; handshakes per second of one CPU are a million divided by the CPU time.`,
      head: REQUESTS_HEAD,
      rows: [...row('HTTP/1.1', h1, h1Budget), ...row('HTTP/2', h2, h2Budget), ...row('full handshake', full), ...row('resumed handshake', resumed)],
      budgets: [h1Budget, h2Budget]
    }
  }
}
