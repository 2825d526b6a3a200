import tls from 'node:tls'
import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { gatewayKib, holdIdle, IDLE, IDLE_HEAD, IDLE_TEXT, idleRows } from '../hold-idle.ts'
import { startNginxOrigin } from '../nginx.ts'
import { secureContestants } from '../two-contestants.ts'

export const idleTls: BenchCase = {
  name: 'idle-tls',
  summary: '10,000 idle TLS connections: memory of each',
  async measure(bench) {
    // One context for all: making ten thousand would cost more than what is measured.
    const secureContext = tls.createSecureContext()
    const open = (port: number): tls.TLSSocket => tls.connect({ port, host: '127.0.0.1', secureContext, rejectUnauthorized: false })
    const held = await holdIdle(bench, { name: 'idle-tls', contestants: secureContestants(), isSecure: true, open, origin: () => startNginxOrigin(bench.folder, 1024) })
    const budget = judge({ what: 'Memory of an idle TLS connection', limit: 56, unit: ' KiB', digits: 1 }, gatewayKib(held))
    return {
      title: `${IDLE.toLocaleString('en')} idle TLS connections`,
      text: `TLS 1.3; each connection made one request (1 KiB) and waits for its next. ${IDLE_TEXT}`,
      head: IDLE_HEAD,
      rows: idleRows(held, budget),
      budgets: [budget]
    }
  }
}
