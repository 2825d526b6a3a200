import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { FEW_ROUTES, listContestants } from '../contestants.ts'
import { gatewayKib, holdIdle, IDLE, IDLE_HEAD, IDLE_TEXT, idleRows } from '../hold-idle.ts'
import { startNginxOrigin } from '../nginx.ts'

export const idle: BenchCase = {
  name: 'idle',
  summary: '10,000 idle keep-alive connections: memory of each',
  async measure(bench) {
    const contestants = listContestants().filter(({ mostRoutes }) => mostRoutes > FEW_ROUTES)
    const held = await holdIdle(bench, { name: 'idle', contestants, origin: () => startNginxOrigin(bench.folder, 1024) })
    const budget = judge({ what: 'Memory of an idle keep-alive connection', limit: 6, unit: ' KiB', digits: 1 }, gatewayKib(held))
    return {
      title: `${IDLE.toLocaleString('en')} idle connections`,
      text: `Each connection made one request (1 KiB) and waits for its next. ${IDLE_TEXT}`,
      head: IDLE_HEAD,
      rows: idleRows(held, budget),
      budgets: [budget]
    }
  }
}
