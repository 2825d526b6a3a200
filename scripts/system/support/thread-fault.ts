import { once } from 'node:events'
import { eventually } from './eventually.ts'

/**
 * Runs `expression` inside one worker thread of a running process, through its inspector:
 * the product needs no hook for it. SIGUSR1 opens the inspector, which says its address in `lines`.
 * The process should have been started with NODE_OPTIONS=--inspect-port=PORT, so that runs do not meet.
 * @returns the number of threads that were found.
 */
export async function evaluateInThread(pid: number, lines: readonly string[], thread: number, expression: string): Promise<number> {
  const url = urls.get(pid) ?? (await openInspector(pid, lines))
  const socket = new WebSocket(url)
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

/** Opened inspectors by process id; a second signal would say nothing. */
const urls = new Map<number, string>()

async function openInspector(pid: number, lines: readonly string[]): Promise<string> {
  const before = lines.length
  process.kill(pid, 'SIGUSR1')
  const url = await eventually('the inspector says its address', () => {
    for (const line of lines.slice(before)) {
      const address = /Debugger listening on (ws:\S+)/.exec(line)?.[1]
      if (address !== undefined) return address
    }
    return null
  })
  urls.set(pid, url)
  return url
}
