import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { startEchoOrigin } from '../echo.ts'
import { gatewayKib, holdIdle, IDLE_HEAD, IDLE_TEXT, idleRows } from '../hold-idle.ts'
import { webSocketContestants } from '../two-contestants.ts'

/** Each takes two file descriptors of the proxy; many machines allow 20,000. */
const PAIRS = 9_000
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

export const idleWebSockets: BenchCase = {
  name: 'idle-websockets',
  summary: '9,000 idle WebSockets: memory of each pair of connections',
  async measure(bench) {
    const held = await holdIdle(bench, { name: 'idle-websockets', contestants: webSocketContestants(), count: PAIRS, fields: UPGRADE, origin: startEchoOrigin })
    const budget = judge({ what: 'Memory of an idle WebSocket, both connections', limit: 16, unit: ' KiB', digits: 1 }, gatewayKib(held))
    return {
      title: `${PAIRS.toLocaleString('en')} idle WebSockets`,
      text: `Each is a connection of a client and one to the origin, switched to WebSocket; ten thousand would be more than the 20,000 files that many machines allow a process. ${IDLE_TEXT}`,
      head: IDLE_HEAD,
      rows: idleRows(held, budget),
      budgets: [budget]
    }
  }
}
