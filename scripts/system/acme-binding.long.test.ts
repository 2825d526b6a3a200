import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { ensurePebble, type Pebble, startPebble } from '../services/pebble.ts'
import { eventually } from './support/eventually.ts'
import { type Service, startService } from './support/service.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

const isThere = ensurePebble((line) => process.stderr.write(`${line}\n`))
const skip = isThere ? false : 'Pebble is not there: install the package pebble'
const NAME = 'bound.test'
const KEY = randomBytes(32).toString('base64url')

let system: System
let pebble: Pebble
let port: number
let jobs: Service | null = null

before(async () => {
  if (!isThere) return
  const authority = await makeAuthority()
  const credential = { ...(await makeCredential('', ['localhost'], authority)), caPem: authority.pem }
  port = await freePort()
  system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
  pebble = await startPebble({ httpPort: system.nodes[0]!.ports.from, accounts: { customer: KEY }, credential })
  await createExample(system, ['http://127.0.0.1:9'])
  const policy = await system.api.must('POST', '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: [NAME] } })
  await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
  await publishAndWait(system)
}, { timeout: 60_000 })

after(async () => {
  await jobs?.stop()
  await system?.stop()
  await pebble?.stop()
})

async function startJobs(env: Record<string, string>): Promise<void> {
  await jobs?.stop()
  jobs = await startService('server/jobs.ts', { ...system.webEnv, ACME_DIRECTORY_URL: pebble.directoryUrl, NODE_EXTRA_CA_CERTS: pebble.caFile, ...env })
}

const state = async () => (await system.api.must('GET', '/acme')).items.find((item: { name: string }) => item.name === NAME)
const askedFor = (): boolean => pebble.lines.some((line) => /new-account|sign-me-up/i.test(line))

test('without ACME_ENABLED nobody is asked', { skip, timeout: 60_000 }, async () => {
  await startJobs({})
  assert.equal(await state(), undefined)
  assert.equal(askedFor(), false)
})

test('an authority that wants to know its customers refuses others, in its own words', { skip, timeout: 60_000 }, async () => {
  await startJobs({ ACME_ENABLED: 'true' })
  const { lastError, nextAt } = await eventually('it has failed for good', async () => {
    const item = await state()
    return item?.status === 'failed' && item
  }, 30_000)
  assert.match(lastError, /externalAccountBinding/)
  assert.equal(nextAt, null)
})

test('with ACME_EAB_KID and ACME_EAB_HMAC_KEY it issues', { skip, timeout: 60_000 }, async () => {
  await startJobs({ ACME_ENABLED: 'true', ACME_EAB_KID: 'customer', ACME_EAB_HMAC_KEY: KEY, ACME_CONTACT_EMAIL: 'ops@example.test' })
  await system.api.must('POST', `/acme/${NAME}/order`)
  await eventually('it is issued', async () => {
    const socket = tls.connect({ host: '127.0.0.1', port, servername: NAME, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { issuer } = socket.getPeerCertificate()
    socket.destroy()
    return /Pebble/.test(String(issuer.CN))
  }, 40_000)
})
