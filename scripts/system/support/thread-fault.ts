import { once } from 'node:events'
import { eventually } from './eventually.ts'

/**
 * Runs `expression` inside one worker thread of a running process, through its inspector:
 * the product needs no hook for it. The process must have been started with
 * NODE_OPTIONS=--inspect-port=PORT; SIGUSR1 opens the inspector.
 * @returns the number of threads that were found.
 */
export async function evaluateInThread(pid: number, inspectorPort: number, thread: number, expression: string): Promise<number> {
  process.kill(pid, 'SIGUSR1')
  const targets = await eventually('the inspector answers', async () => {
    const response = await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)
    return (await response.json()) as { webSocketDebuggerUrl: string }[]
  })
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  const sessions: string[] = []
  let nextId = 1
  const send = (method: string, params: object = {}) => socket.send(JSON.stringify({ id: nextId++, method, params }))
  socket.addEventListener('message', (event) => {
    const message = JSON.parse(String(event.data))
    if (message.method === 'NodeWorker.attachedToWorker') sessions.push(message.params.sessionId)
  })
  send('NodeWorker.enable', { waitForDebuggerOnStart: false })
  await eventually('the threads are attached', () => sessions.length > thread)
  send('NodeWorker.sendMessageToWorker', {
    sessionId: sessions[thread],
    message: JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
  })
  await eventually('the expression was sent', () => socket.bufferedAmount === 0)
  socket.close()
  return sessions.length
}
