import http from 'node:http'
import { startEngine } from '../engine-under-test.ts'
import { startScriptedOrigin } from '../scripted-origin.ts'
import { Finding, type FuzzOptions } from './finding.ts'
import { responseInput } from './inputs.ts'
import { pieces, randomFrom } from './random.ts'

const WAIT_MS = 120
/** What has to come comes in this time on a busy machine, too. */
const PATIENT_MS = 5_000

interface Answer {
  status: number
  body: string
  /** Everything that the framing promised came. */
  isWhole: boolean
  /** Made by the gateway. */
  isOwn: boolean
}

/**
 * Whatever an origin sends: the client of the gateway gets either what a strict parser makes of the origin's own bytes, or
 * the gateway's error, or a cut connection; and the next request gets its own answer. Returns how many responses came through.
 */
export async function fuzzResponses({ seed, rounds, progress, signal }: FuzzOptions): Promise<number> {
  const random = randomFrom(seed)
  let input = ''
  let parts: string[] = []
  let isHeld = false
  const origin = await startScriptedOrigin((peer) => {
    peer.socket.on('data', () => {
      while (peer.received.includes('\r\n\r\n')) {
        const head = peer.received.slice(0, peer.received.indexOf('\r\n\r\n'))
        peer.received = peer.received.slice(head.length + 4)
        if (head.startsWith('GET /known')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown')
        else {
          for (const part of parts) peer.send(part)
          if (!isHeld) peer.socket.end()
        }
      }
    })
  })
  const gateway = await startEngine({ targets: [origin.url], route: { timeouts: { activityMs: WAIT_MS } }, routes: [{ match: { path: { type: 'exact', value: '/known' } } }], upstream: { retry: { attempts: 0 }, healthCheck: { passive: { enabled: false } } } })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  let passed = 0
  try {
    for (let round = 0; round < rounds && signal?.aborted !== true; round++) {
      if (round % 200 === 0) progress?.(round)
      input = responseInput(random)
      parts = random() < 0.3 ? pieces(random, input) : [input]
      isHeld = random() < 0.2
      let direct = await ask(origin.port, '/', undefined, WAIT_MS)
      const through = await ask(gateway.port, '/', agent, WAIT_MS * 5)
      if (through !== null && through.isWhole && !through.isOwn) {
        passed++
        if (direct === null || !direct.isWhole) direct = await ask(origin.port, '/', undefined, PATIENT_MS)
        if (direct === null || !direct.isWhole) throw new Finding(`a whole response (${through.status} ${JSON.stringify(through.body)}) was made of one that is none`, seed, round, input)
        if (direct.status !== through.status || direct.body !== through.body) throw new Finding(`${through.status} ${JSON.stringify(through.body)} was made of ${direct.status} ${JSON.stringify(direct.body)}`, seed, round, input)
      }
      const known = await ask(gateway.port, '/known', agent, PATIENT_MS)
      if (known?.body !== 'known') throw new Finding(`the next request got ${JSON.stringify(known)}`, seed, round, input)
    }
  } finally {
    agent.destroy()
    await gateway.stop()
    await origin.stop()
  }
  return passed
}

/** Null: no response that Node's strict parser takes. */
function ask(port: number, path: string, agent: http.Agent | undefined, ms: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    let hasResponse = false
    const request = http.get({ host: '127.0.0.1', port, path, agent: agent ?? false, insecureHTTPParser: false, headers: { host: 'a.test' } }, (response) => {
      hasResponse = true
      let body = ''
      const done = (): void => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, body, isWhole: response.complete, isOwn: response.headers['x-gateway-error'] !== undefined })
      }
      response.setEncoding('latin1').on('data', (text: string) => (body += text))
      response.on('end', done).on('error', done).on('close', done)
    })
    const timer = setTimeout(() => request.destroy(new Error('too long')), ms)
    request.on('upgrade', (_response, socket) => socket.destroy())
    // Bytes behind a whole response are an error of the connection; the response stands.
    const failed = (): void => {
      if (hasResponse) return
      clearTimeout(timer)
      resolve(null)
    }
    request.on('error', failed).on('close', failed)
  })
}
