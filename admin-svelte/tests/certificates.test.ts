import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import type { Browser } from 'playwright-core'
import { freePort } from '../../scripts/services/free-port.ts'
import { ensurePebble, type Pebble, startPebble } from '../../scripts/services/pebble.ts'
import { eventually } from '../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { type Service, startService } from '../../scripts/system/support/service.ts'
import { createExample, startSystem, type System } from '../../scripts/system/support/system.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

const isThere = ensurePebble((line) => process.stderr.write(`${line}\n`))
const skip = isThere ? false : 'Pebble is not there: install the package pebble'
const read = (name: string) => readFileSync(new URL(`../../workers/testing/certificates/${name}`, import.meta.url), 'utf8')
/** An order is taken up at once, and Pebble looks at the challenge in its own time. */
const ISSUED_WITHIN_MS = 60_000

let system: System
let origin: Origin
let pebble: Pebble | undefined
let jobs: Service
let browser: Browser
let watched: WatchedPage
let securePort: number
let startAuthority: () => Promise<Pebble>

before(async () => {
  if (!isThere) return
  securePort = await freePort()
  ;[browser, system, origin] = await Promise.all([startBrowser(), startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${securePort}-${securePort}` } }), startOrigin('hello')])
  const credential = { certificatePem: read('origin.pem'), privateKeyPem: read('origin.key'), caPem: read('ca.pem') }
  const port = await freePort()
  startAuthority = () => startPebble({ port, httpPort: system.nodes[0]!.ports.from, blocked: ['refused.test'], credential })
  // Its file with the certificate of its own https is there for control-jobs; at first nobody answers at its address.
  pebble = await startAuthority()
  jobs = await startService('server/jobs.ts', { ...system.webEnv, ACME_ENABLED: 'true', ACME_DIRECTORY_URL: pebble.directoryUrl, ACME_CONTACT_EMAIL: 'ops@example.test', NODE_EXTRA_CA_CERTS: pebble.caFile })
  await createExample(system, [origin.url])
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
}, { timeout: 120_000 })

after(async () => {
  await browser?.close()
  await jobs?.stop()
  await pebble?.stop()
  await system?.stop()
  await origin?.stop()
})

test('names are given to a TLS policy, a listener uses it, and both are published', { skip }, async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'TLS policies' }).click()
  await page.getByRole('link', { name: 'Add TLS policy' }).first().click()
  await page.locator('[data-pointer="/name"]').fill('automatic')
  await page.locator('[data-pointer="/acme/enabled"]').check()
  await page.locator('[data-pointer="/acme/domains"]').fill('named.test\nrefused.test')
  await page.getByRole('button', { name: 'Add TLS policy' }).click()
  await page.getByRole('link', { name: 'automatic', exact: true }).waitFor()

  await page.getByRole('link', { name: 'Listeners' }).click()
  await page.getByRole('link', { name: 'Add listener' }).first().click()
  await page.locator('[data-pointer="/name"]').fill('secure')
  await page.locator('[data-pointer="/protocol"]').selectOption('https')
  await page.locator('[data-pointer="/port"]').fill(String(securePort))
  await page.locator('[data-pointer="/tlsPolicyId"]').selectOption({ label: 'automatic' })
  await page.getByRole('button', { name: 'Add listener' }).click()
  await page.getByRole('link', { name: 'secure', exact: true }).waitFor()

  // Nobody answers at the authority's address yet.
  await pebble?.stop()
  await page.getByRole('link', { name: /^Changes/ }).click()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Every node has answered').waitFor()
})

const card = () => watched.page.locator('section', { has: watched.page.getByRole('heading', { name: 'Issued by ACME' }) })
const rowOf = (name: string) => card().getByRole('row', { name: new RegExp(`^${name.replace('.', '\\.')}`) })

test('while the authority is away the name waits, with the reason; ordered again it is issued', { skip, timeout: 180_000 }, async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Certificates' }).click()
  const named = rowOf('named.test')
  await named.getByText('Waiting', { exact: true }).waitFor({ timeout: ISSUED_WITHIN_MS })
  await named.getByText(/cannot be reached: ECONNREFUSED/).waitFor({ timeout: ISSUED_WITHIN_MS })
  const waiting = page.getByRole('row', { name: /^acme named\.test/ })
  await waiting.getByText('ACME').first().waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])

  pebble = await startAuthority()
  await page.getByRole('button', { name: 'Order now the certificate of named.test' }).click()
  await page.getByText('named.test is ordered.').waitFor()
  await named.getByText('Issued', { exact: true }).waitFor({ timeout: ISSUED_WITHIN_MS })
})

test('what is refused shows the words of the authority', { skip, timeout: 120_000 }, async () => {
  await watched.page.getByRole('button', { name: 'Order now the certificate of refused.test' }).click()
  const refused = rowOf('refused.test')
  await refused.getByText('Failed', { exact: true }).waitFor({ timeout: ISSUED_WITHIN_MS })
  const said = await refused.getByRole('cell').nth(3).innerText()
  assert.match(said, /blocklist|policy|forbid/i)
  const { items } = await system.api.must('GET', '/acme?q=refused.test')
  assert.equal(said, items[0].lastError)
})

test('the certificate shows its issuer and its dates, and is the one that is served', { skip, timeout: 60_000 }, async () => {
  const { page } = watched
  await rowOf('named.test').getByRole('link', { name: 'named.test' }).click()
  await page.getByRole('heading', { name: 'acme named.test' }).waitFor()
  const fact = async (name: string) => (await page.locator('dt', { hasText: name }).locator('+ dd').innerText()).replaceAll('\u202f', ' ')
  assert.match(await fact('Issuer'), /Pebble/)
  const [from, until] = [Date.parse(await fact('Valid from')), Date.parse(await fact('Valid until'))]
  const { notBefore, notAfter } = (await system.api.must('GET', '/certificates')).items.find(({ name }: { name: string }) => name === 'acme named.test')
  assert.ok(Math.abs(from - Date.parse(notBefore)) < 1000 && Math.abs(until - Date.parse(notAfter)) < 1000, `${await fact('Valid from')} to ${await fact('Valid until')} are not ${notBefore} to ${notAfter}`)
  assert.ok(until > Date.now() && from <= Date.now())
  const fingerprint = (await page.getByRole('group', { name: 'SHA-256 fingerprint' }).locator('code').innerText()).trim()
  await eventually('it is served', async () => (await served('named.test')) === fingerprint, 20_000)
  await page.getByRole('region', { name: 'What the nodes show who asks for named.test' }).getByText('This one', { exact: true }).waitFor()
})

async function served(servername: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port: securePort, servername, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256.replaceAll(':', '').toLowerCase()
}

test('the page met no error', { skip }, () => {
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
})
