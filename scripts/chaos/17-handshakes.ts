import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { testId } from '../../shared/testing/content.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../../workers/testing/make-certificate.ts'
import { openFiles } from '../../workers/testing/process-facts.ts'
import { sendSlowly, type SlowOutcome } from '../../workers/testing/slow-clients.ts'
import { startOrigin } from '../../workers/testing/test-origin.ts'
import { freePortRange } from '../services/free-port.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { checkLeftovers } from './leftovers.ts'
import type { Stand } from './stand.ts'

const COUNT = 1_000
const OVER_MS = 5_000
const HANDSHAKE_MS = 10_000
/** The clock of the timeouts, and a machine that is busy. */
const LATE_MS = 2_000
/** The head of a handshake record of 512 bytes, of which two come. */
const BEGINNING = '\x16\x03\x01\x02\x00\x01\x00'
const GARBAGE: readonly string[] = ['\x16\x03\x01\xff\xff\x00', '\x16\x03\x01\x00\x05hello', '\0'.repeat(500), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', `\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x03\x03${'\xff'.repeat(58)}`]

export const promise: ChaosPromise = {
  title: 'TLS handshakes: unknown, absent and upper-case names, garbage, never finished',
  seconds: 420,
  async run(stand) {
    const origin = await startOrigin('hello')
    stand.atEnd(() => origin.stop())
    const authority = await makeAuthority()
    const ports = await freePortRange(2)
    stand.api.setCertificates({ [testId(1)]: await makeCredential('', ['a.test', '*.a.test'], authority), [testId(2)]: await makeCredential('', ['default.test'], authority) })
    await stand.start({ HTTPS_PORT_RANGE: `${ports.from}-${ports.to}` })
    const listener = { protocol: 'https', tlsPolicyId: testId(1) }
    await stand.publish([{ path: '/', targets: [origin.address] }], {}, { listeners: [{ ...listener, port: ports.from, defaultCertificateId: testId(2) }, { ...listener, port: ports.to }], tlsPolicies: [{}] })
    await checkNames(stand, ports, authority)
    const files = openFiles(stand.worker)
    const { worker } = stand
    let outcomes: SlowOutcome[] = []
    await stand.underWatch(async (round) => {
      if (round > 0) return sleep(200)
      await throwGarbage(ports.from)
      outcomes = await sendSlowly(ports.from, COUNT, BEGINNING, '', 60_000, OVER_MS)
    })
    checkOutcomes(stand, outcomes)
    stand.check('the process lives', stand.worker === worker && await stand.place.metric('gateway_thread_restarts_total') === 0, `process ${worker}, then ${stand.worker}`)
    await checkNames(stand, ports, authority)
    await checkLeftovers(stand, files)
  }
}

async function checkNames(stand: Stand, ports: { from: number; to: number }, { pem }: TestAuthority): Promise<void> {
  const cases: [name: string, servername: string, withDefault: string, without: string][] = [
    ['known', 'a.test', 'a.test', 'a.test'], ['upper-case', 'A.TEST', 'a.test', 'a.test'], ['wildcard, upper-case', 'X.A.Test', 'a.test', 'a.test'], ['unknown', 'b.test', 'default.test', 'refused'], ['absent', '', 'default.test', 'refused']
  ]
  for (const [name, servername, withDefault, without] of cases) {
    const [first, second] = await Promise.all([ports.from, ports.to].map((port) => shown(port, servername, pem)))
    stand.check(`a name that is ${name}`, first === withDefault && second === without, `${first} where there is a default certificate, ${second} without one`)
  }
}

/** Whose certificate is shown; 'refused' when none is. */
async function shown(port: number, servername: string, ca: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername, checkServerIdentity: () => undefined })
  try {
    await once(socket, 'secureConnect')
    return String(socket.getPeerCertificate().subject.CN)
  } catch {
    return 'refused'
  } finally {
    socket.destroy()
  }
}

async function throwGarbage(port: number): Promise<void> {
  for (let from = 0; from < COUNT; from += 50) {
    await Promise.all(Array.from({ length: 50 }, async (_, index) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => {}).resume()
      socket.end(Buffer.from(GARBAGE[(from + index) % GARBAGE.length]!, 'latin1'))
      await new Promise((resolve) => socket.once('close', resolve))
    }))
  }
}

function checkOutcomes(stand: Stand, outcomes: readonly SlowOutcome[]): void {
  const times = outcomes.map(({ ms }) => ms)
  const [shortest, longest] = [Math.min(...times), Math.max(...times)]
  stand.check(`${COUNT} handshakes that are never finished end after 10 s`, outcomes.length === COUNT && shortest >= HANDSHAKE_MS - LATE_MS && longest <= HANDSHAKE_MS + LATE_MS, `${outcomes.length} closed after ${(shortest / 1000).toFixed(1)} to ${(longest / 1000).toFixed(1)} s`)
}
