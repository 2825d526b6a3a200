import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const TYPE_A = 1
const NO_ERROR = 0
const NAME_ERROR = 3

/** What is known of a name. Without an address it does not exist. */
export interface NameRecord {
  address?: string
  ttlSeconds?: number
  /** Longer than this the answer takes. */
  delayMs?: number
}

/** A name server (RFC 1035) with IPv4 addresses for a few names. */
export interface NameServer {
  /** Names in small letters; changes count for the next question. */
  readonly names: Map<string, NameRecord>
  /** Questions so far, by name. */
  readonly asked: Map<string, number>
  stop(): void
}

/** Port 53 of a loopback address: resolv.conf has no ports. Needs root. */
export async function startNameServer(address: string): Promise<NameServer> {
  const names = new Map<string, NameRecord>()
  const asked = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    const { name, type, end } = readQuestion(question)
    asked.set(name, (asked.get(name) ?? 0) + 1)
    const record = names.get(name) ?? {}
    const timer = setTimeout(() => {
      timers.delete(timer)
      socket.send(answerTo(question.subarray(0, end), type, record), from.port, from.address)
    }, record.delayMs ?? 0)
    timers.add(timer)
  })
  socket.bind(53, address)
  await once(socket, 'listening')
  return {
    names,
    asked,
    stop() {
      for (const timer of timers) clearTimeout(timer)
      socket.close()
    }
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at++] ?? 0; length > 0; length = message[at++] ?? 0) {
    labels.push(message.toString('latin1', at, at + length).toLowerCase())
    at += length
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at), end: at + 4 }
}

/** The question again, and behind it the address when it is asked for. */
function answerTo(question: Buffer, type: number, { address, ttlSeconds = 1 }: NameRecord): Buffer {
  const head = Buffer.from(question)
  const hasAnswer = address !== undefined && type === TYPE_A
  // A response, authoritative, recursion available; the bit for recursion desired as it came.
  head.writeUInt16BE(0x8480 | (question.readUInt16BE(2) & 0x0100) | (address === undefined ? NAME_ERROR : NO_ERROR), 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(hasAnswer ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  if (!hasAnswer) return head
  const record = Buffer.alloc(16)
  // A pointer to the name of the question.
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(TYPE_A, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(ttlSeconds, 6)
  record.writeUInt16BE(4, 10)
  for (const [index, part] of address.split('.').entries()) record[12 + index] = Number(part)
  return Buffer.concat([head, record])
}
