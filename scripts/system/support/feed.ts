import { once } from 'node:events'
import { WebSocket } from 'ws'
import { eventually } from './eventually.ts'

/** A reader of the live feed that keeps all it gets. */
export interface Feed {
  readonly messages: any[]
  readonly socket: WebSocket
  /** The first message that fits, from now on or earlier. */
  first(what: string, fits: (message: any) => boolean, deadlineMs?: number): Promise<any>
  stop(): void
}

/** Opens the live feed of a control-web. @throws Error with the status when it is refused */
export async function openFeed(baseUrl: string, headers: Record<string, string>, query = ''): Promise<Feed> {
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/api/v1/events${query}`, { headers })
  const messages: any[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  return {
    messages,
    socket,
    first: (what, fits, deadlineMs = 10_000) => eventually(what, () => messages.find(fits), deadlineMs),
    stop: () => socket.terminate()
  }
}
