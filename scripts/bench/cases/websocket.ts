import type { BenchCase } from '../bench.ts'
import { runEcho, startEchoOrigin } from '../echo.ts'
import { measureRequests, requestRows, REQUESTS_HEAD } from '../measure-requests.ts'
import { webSocketContestants } from '../two-contestants.ts'

export const webSocket: BenchCase = {
  name: 'websocket',
  summary: 'messages to and fro on 32 WebSockets',
  async measure(bench) {
    const runs = await measureRequests(bench, { name: 'WebSocket echo', contestants: webSocketContestants(), routes: 10, answerBytes: 1024, origin: startEchoOrigin, runLoad: runEcho })
    return {
      title: 'WebSocket echo',
      text: 'A message of 64 bytes goes to the origin and comes back, again and again on each of 32 WebSockets; a request is one message both ways. The origin and the client, both in Node, share the other CPU and are the limit, so what counts is the CPU time.',
      head: REQUESTS_HEAD,
      rows: requestRows('64 bytes to and fro', runs),
      budgets: []
    }
  }
}
