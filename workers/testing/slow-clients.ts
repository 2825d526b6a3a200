import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What one slow client met with. */
export interface SlowOutcome {
  /** From its connection to its end, in milliseconds. */
  ms: number
  /** The beginning of what it received. */
  received: string
}

/** Clients that come within `overMs`, send `opening` and then `piece` every `everyMs` until they are closed. Resolves when all of them were. */
export async function sendSlowly(port: number, count: number, opening: string, piece: string, everyMs: number, overMs = 0): Promise<SlowOutcome[]> {
  const sockets = new Set<net.Socket>()
  const timer = setInterval(() => {
    for (const socket of sockets) socket.write(piece)
  }, everyMs)
  const one = async (index: number): Promise<SlowOutcome> => {
    if (overMs > 0) await sleep((index * overMs) / count)
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    let received = ''
    socket.on('error', () => {})
    socket.setEncoding('latin1').on('data', (text: string) => (received += text))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await Promise.race([once(socket, 'connect'), closed])
    const from = performance.now()
    socket.write(opening)
    sockets.add(socket)
    // A half-closed end is the gateway's last word.
    await Promise.race([closed, new Promise((resolve) => socket.once('end', resolve))])
    sockets.delete(socket)
    socket.destroy()
    return { ms: performance.now() - from, received: received.slice(0, 500) }
  }
  const outcomes = await Promise.all(Array.from({ length: count }, (_, index) => one(index)))
  clearInterval(timer)
  return outcomes
}

/** Clients that asked for something large and hardly read it. */
export interface SlowReaders {
  /** The first `most` read everything that still comes, to the end. @returns how many bytes each of them has received over all. */
  finish(most?: number): Promise<number[]>
  close(): void
}

/** `bytesPerSecond` 0: nothing is read at all. `overMs`: the time in which they come. Resolves when all requests are sent. */
export async function readSlowly(port: number, count: number, request: string, bytesPerSecond: number, overMs = 0): Promise<SlowReaders> {
  const readers = await Promise.all(Array.from({ length: count }, async (_, index) => {
    if (overMs > 0) await sleep((index * overMs) / count)
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    socket.pause()
    await once(socket, 'connect')
    socket.write(request)
    return { socket, bytes: 0 }
  }))
  const timer = setInterval(() => {
    for (const reader of readers) reader.bytes += (reader.socket.read(bytesPerSecond / 2) as Buffer | null)?.length ?? 0
  }, 500)
  if (bytesPerSecond === 0) clearInterval(timer)
  return {
    async finish(most = readers.length) {
      clearInterval(timer)
      for (const { socket } of readers.slice(most)) socket.destroy()
      await Promise.all(readers.slice(0, most).map(async (reader) => {
        const closed = new Promise((resolve) => reader.socket.once('close', resolve))
        reader.socket.on('data', (data) => (reader.bytes += data.length)).resume()
        if (!reader.socket.closed) await closed
      }))
      return readers.slice(0, most).map(({ bytes }) => bytes)
    },
    close() {
      clearInterval(timer)
      for (const { socket } of readers) socket.destroy()
    }
  }
}
