import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Browser } from 'playwright-core'
import { eventually } from '../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

let system: System
let origins: Origin[]
let browser: Browser
let watched: WatchedPage
let receiver: http.Server
const taken: { headers: http.IncomingHttpHeaders; body: string }[] = []

before(async () => {
  receiver = http.createServer((request, response) => {
    void text(request).then((body) => {
      taken.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  ;[browser, system, ...origins] = await Promise.all([startBrowser(), startSystem({ webEnv: { WEBHOOK_PRIVATE_TARGETS: 'true' } }), startOrigin('blue'), startOrigin('green')])
  await system.startJobs()
  await createExample(system, origins.map(({ url }) => url))
  await publishAndWait(system, 'first')
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
})

after(async () => {
  await browser?.close()
  await system?.stop()
  for (const origin of origins ?? []) await origin.stop()
  receiver?.closeAllConnections()
  receiver?.close()
})

/** What answers eight requests, each on a connection of its own. */
async function answers(): Promise<string> {
  const bodies = new Set<string>()
  for (let index = 0; index < 8; index++) bodies.add(await (await fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/`, { headers: { connection: 'close' } })).text())
  return [...bodies].sort().join()
}
const answeredBy = (expected: string) => eventually(`${expected} answers`, async () => (await answers()) === expected)

test('a target is taken out and put back, and traffic follows', async () => {
  const { page } = watched
  await answeredBy('blue,green')
  await page.getByRole('link', { name: 'Upstreams' }).click()
  await page.getByRole('link', { name: 'app', exact: true }).click()
  const row = page.getByRole('region', { name: 'Live targets' }).getByRole('row', { name: /t1/ })
  await row.getByRole('button', { name: 'Take out' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('it swaps')
  await dialog.getByRole('button', { name: 'Take out' }).click()
  await row.getByText('it swaps').waitFor()
  await answeredBy('green')
  await row.getByRole('button', { name: 'Put back' }).click()
  await row.getByText('it swaps').waitFor({ state: 'detached' })
  await answeredBy('blue,green')
})

test('a node is drained and comes back', async () => {
  const { page } = watched
  const ready = async () => (await fetch(`${system.nodes[0]?.metricsUrl}/readyz`)).status
  await page.getByRole('link', { name: 'Nodes', exact: true }).click()
  const node = page.getByRole('region', { name: 'node-1' })
  await node.getByRole('button', { name: 'Drain', exact: true }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('a new disk')
  await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click()
  await node.getByText('Drained by admin@example.test').waitFor()
  await node.getByText('a new disk').waitFor()
  await eventually('the node is not ready', async () => (await ready()) === 503)
  await node.getByRole('button', { name: 'End drain' }).click()
  await node.getByText('Drained by').waitFor({ state: 'detached' })
  await eventually('the node is ready', async () => (await ready()) === 200)
})

test('a webhook gets signed events, and what did not arrive is sent again', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Webhooks' }).click()
  await page.getByRole('button', { name: 'Add webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('on-call')
  await dialog.getByLabel('URL').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`)
  await dialog.getByRole('button', { name: 'Save' }).click()
  const secret = (await page.getByRole('group', { name: 'The secret that signs' }).locator('code').innerText()).trim()
  await page.getByRole('button', { name: 'I have kept it' }).click()

  await page.getByRole('button', { name: 'Send a test' }).click()
  await eventually('the test arrived', async () => taken.length === 1)
  const [first] = taken
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first?.headers ?? {}
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  assert.equal(signature, `v1,${createHmac('sha256', key).update(`${id}.${at}.${first?.body}`).digest('base64')}`)
  await page.getByText('Arrived').waitFor()
  await page.getByRole('button', { name: 'Send again' }).click()
  await eventually('it came again', async () => taken.length === 2)
})

test('a job that failed is done again, and its state changes', async () => {
  const { page } = watched
  const database = new pg.Client({ connectionString: system.databaseUrl })
  const redis = new Redis(system.redis.url, { maxRetriesPerRequest: null })
  const queue = new Queue('housekeeping', { connection: redis })
  await database.connect()
  try {
    await database.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$`)
    await database.query('CREATE TRIGGER fail BEFORE DELETE ON node_minutes FOR EACH STATEMENT EXECUTE FUNCTION fail()')
    await queue.add('housekeeping', { asked: 'by hand' })
    await page.getByRole('link', { name: 'Jobs' }).click()
    await page.getByRole('combobox', { name: 'Queue' }).selectOption('housekeeping')
    const failed = page.getByRole('row', { name: /the disk is full/ })
    await failed.getByText('Failed', { exact: true }).waitFor()
    await database.query('DROP TRIGGER fail ON node_minutes')
    await failed.getByRole('button', { name: 'Do it again' }).click()
    await page.getByText('It waits for its turn.').waitFor()
    const done = page.getByRole('row', { name: /by hand/ })
    await done.getByText('Done', { exact: true }).waitFor()
    await done.getByText('2 attempts').waitFor()
    await failed.waitFor({ state: 'detached' })
    await done.getByText('Remove what is old').waitFor()
    await page.getByRole('combobox', { name: 'Queue' }).selectOption('webhooks')
    await page.getByRole('row', { name: /Look for events to deliver/ }).first().waitFor()
    assert.equal(await page.getByText('{}', { exact: true }).count(), 0)
  } finally {
    await queue.close()
    redis.disconnect()
    await database.end()
  }
})

test('explain says why a request goes where it goes, before it is sent', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Explain' }).click()
  // It begins with what there is, so that the first press of the button tells something.
  await page.waitForFunction((url) => document.querySelector<HTMLInputElement>('main input[id$="-url"]')?.value === url, `http://localhost:${system.nodes[0]?.ports.from}/`)
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('Taken by route').waitFor()
  assert.equal(await page.getByLabel('Listener').count(), 0)
  const second = await system.api.must('POST', '/listeners', { name: 'second', protocol: 'http', port: 20443 })
  await page.reload()
  await page.getByLabel('URL').fill('http://shop.example.com/a?b')
  assert.equal(await page.getByLabel('Listener').inputValue(), '')
  await page.getByLabel('Listener').selectOption('second (http 20443)')
  assert.equal(await page.getByLabel('URL').inputValue(), 'http://shop.example.com:20443/a?b')
  await system.api.must('DELETE', `/listeners/${second.id}`, undefined, { 'if-match': `"${second.version}"` })

  await page.getByLabel('URL').fill(`http://127.0.0.1:${system.nodes[0]?.ports.from}/any/where`)
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('Taken by route').waitFor()
  await page.getByRole('link', { name: 'all' }).first().waitFor()
})

test('a new route says which requests it would take, and from whom, while it is typed', async () => {
  const { page } = watched
  await page.goto('/routes/new')
  await page.getByLabel('Path value').fill('/api')
  const taken = page.locator('li', { hasText: 'Takes it from' })
  await taken.getByText('/api').waitFor()
  await taken.getByRole('link', { name: 'all' }).waitFor()
  await page.getByLabel('Priority').fill('-5')
  await page.locator('li', { hasText: 'Stays with' }).getByRole('link', { name: 'all' }).waitFor()
})

test('a draft that two browsers change: the second one sees both, and nothing is lost', async () => {
  const { page } = watched
  const other = await openPage(browser, system.baseUrl)
  await other.page.goto('/')
  await signIn(other.page, 'admin@example.test', 'correct horse battery staple')
  for (const one of [page, other.page]) {
    await one.getByRole('link', { name: 'Upstreams', exact: true }).click()
    await one.getByRole('link', { name: 'app', exact: true }).click()
    await one.getByLabel('Description').waitFor()
  }
  await page.getByLabel('Description').fill('mine')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('app is saved in the draft.').waitFor()
  await other.page.getByLabel('Slow start', { exact: false }).first().fill('9')
  await other.page.getByRole('button', { name: 'Save' }).click()
  const conflict = other.page.getByRole('dialog', { name: 'Somebody else changed this' })
  await conflict.getByText('mine').first().waitFor()
  await conflict.getByRole('button', { name: 'Put my changes on top and save' }).click()
  await other.page.getByText('app is saved in the draft.').waitFor()
  const [upstream] = (await system.api.must('GET', '/upstreams')).items
  assert.deepEqual({ description: upstream.description, slowStartSeconds: upstream.slowStartSeconds }, { description: 'mine', slowStartSeconds: 9 })
  assert.deepEqual(other.problems.filter((problem) => !problem.includes('412')), [])
  await other.close()
})

test('the page met no error', () => {
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
})
