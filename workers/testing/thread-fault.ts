import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { NodeProcess } from './data-node-process.ts'

/** Starts nodes whose worker processes can be looked into: the n-th listens on this port + n when asked. */
export function inspectable(port: number): Record<string, string> {
  return { NODE_OPTIONS: `--inspect-port=${port}` }
}

/**
 * Runs `expression` in one thread of the worker process, through Node's own inspector: the product has no hook for it.
 */
export async function runInThread(node: NodeProcess, worker: number, thread: number, expression: string): Promise<void> {
  const listening = (): string[] => node.lines.flatMap((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1] ?? [])
  const before = listening().length
  process.kill(worker, 'SIGUSR1')
  await waitUntil(() => listening().length > before, { ms: 10_000, what: 'the inspector' })
  const socket = new WebSocket(listening().at(-1) ?? '')
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', reject, { once: true })
  })
  const sessions = new Map<string, string>()
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as { method?: string; params?: { sessionId: string; workerInfo: { title: string } } }
    const name = /thread-\d+/.exec(params?.workerInfo?.title ?? '')?.[0]
    if (method === 'NodeWorker.attachedToWorker' && params && name) sessions.set(name, params.sessionId)
  })
  socket.send(JSON.stringify({ id: 1, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } }))
  await waitUntil(() => sessions.has(`thread-${thread}`), { ms: 10_000, what: 'the threads' })
  const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
  socket.send(JSON.stringify({ id: 2, method: 'NodeWorker.sendMessageToWorker', params: { sessionId: sessions.get(`thread-${thread}`), message } }))
  await waitUntil(() => socket.bufferedAmount === 0, { ms: 10_000, what: 'the expression to be sent' })
  socket.close()
}
