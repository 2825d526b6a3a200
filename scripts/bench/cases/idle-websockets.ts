import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { startEchoOrigin } from '../echo.ts'
import { gatewayKib, holdIdle, IDLE, IDLE_HEAD, IDLE_TEXT, idleRows } from '../hold-idle.ts'
import { webSocketContestants } from '../two-contestants.ts'

/** The client's and the one to the origin. */
const FILES = 2
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

export const idleWebSockets: BenchCase = {
  name: 'idle-websockets',
  summary: '10,000 idle WebSockets: memory of each pair of connections',
  async measure(bench) {
    const held = await holdIdle(bench, { name: 'idle-websockets', contestants: webSocketContestants(), files: FILES, fields: UPGRADE, origin: startEchoOrigin })
    const budget = judge({ what: 'Memory of an idle WebSocket, both connections', limit: 16, unit: ' KiB', digits: 1 }, gatewayKib(held))
    return {
      title: `${IDLE.toLocaleString('en')} idle WebSockets`,
      text: `Each is a connection of a client and one to the origin, switched to WebSocket. ${IDLE_TEXT}`,
      head: IDLE_HEAD,
      rows: idleRows(held, budget),
      budgets: [budget]
    }
  }
}
