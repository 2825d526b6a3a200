import type net from 'node:net'

const MAX_LINE_CHARACTERS = 1024 * 1024
const TIMEOUT_MS = 5_000

/** The first line that the other side says, or null when it says none in time. */
export function readLine(socket: net.Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let text = ''
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy())
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
      else if (text.length > MAX_LINE_CHARACTERS) socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(null))
  })
}
