import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import { startEngine } from '../engine-under-test.ts'
import { connectRaw } from '../raw-client.ts'
import { Finding, type FuzzOptions } from './finding.ts'
import { requestInput } from './inputs.ts'
import { pieces, randomFrom } from './random.ts'

/**
 * For any input: what the gateway forwards is, for Node's own strict parser (llhttp), exactly one request for each that the
 * gateway understood. A request too many at the origin, or an error of its parser, is a way to smuggle.
 * Returns how many requests came through.
 */
export async function fuzzRequests({ seed, rounds, progress, signal }: FuzzOptions): Promise<number> {
  const origin = await startStrictOrigin()
  const gateway = await startEngine({ targets: [`http://127.0.0.1:${origin.port}`], listener: { limits: { headerTimeoutMs: 300 } }, upstream: { retry: { attempts: 0 } } })
  const random = randomFrom(seed)
  let forwarded = 0
  try {
    for (let round = 0; round < rounds && signal?.aborted !== true; round++) {
      if (round % 500 === 0) progress?.(round)
      const input = requestInput(random)
      origin.forget()
      const before = gateway.engine.stats().requests
      const client = await connectRaw(gateway.port)
      for (const piece of random() < 0.2 ? pieces(random, input) : [input]) {
        client.send(piece)
        if (random() < 0.1) await new Promise((resolve) => setImmediate(resolve))
      }
      client.socket.end()
      await client.until('the gateway ends the connection', () => client.hasEnded || client.hasClosed, 10_000)
      client.destroy()
      const understood = gateway.engine.stats().requests - before
      const error = origin.error(input)
      if (error !== null) throw new Finding(`the origin's parser: ${error}`, seed, round, input)
      if (origin.seen() > understood) throw new Finding(`${origin.seen()} requests at the origin, ${understood} understood`, seed, round, input)
      forwarded += origin.seen()
    }
  } finally {
    await gateway.stop()
    origin.stop()
  }
  return forwarded
}

async function startStrictOrigin() {
  let seen = 0
  let errors: string[] = []
  const server = http.createServer({ insecureHTTPParser: false, requireHostHeader: true }, (request, response) => {
    request.resume().on('end', () => {
      seen++
      response.end('ok')
    }).on('error', () => {})
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A client that ends in the middle of a body aborts its request; the parser then sees an end, not wrong bytes.
    if (error.code?.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE') errors.push(error.code)
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    seen: () => seen,
    /** Any token is a method (RFC 9110 section 9.1), of which Node's parser knows only some. */
    error(input: string): string | null {
      const methods = [...input.matchAll(/(?:^|[\r\n])\s*([!-~]+) +[!-~]+ +HTTP\//g)].map(([, method]) => method ?? '')
      const known = methods.every((method) => http.METHODS.includes(method))
      return errors.find((code) => known || code !== 'HPE_INVALID_METHOD') ?? null
    },
    forget() {
      seen = 0
      errors = []
    },
    stop() {
      server.close()
      server.closeAllConnections()
    }
  }
}
