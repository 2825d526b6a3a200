import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

const EMAIL = 'admin@example.test'
const PASSWORD = 'correct horse battery staple'

let system: System
let origin: Origin
let browser: Browser
let watched: WatchedPage

before(async () => {
  browser = await startBrowser()
  origin = await startOrigin('hello from the origin')
  system = await startSystem()
  // The guide knows the reserved ports from the node's first heartbeat.
  await eventually('the node reported', async () => (await system.api.must('GET', '/nodes')).items[0]?.heartbeat)
  watched = await openPage(browser, system.baseUrl)
})

after(async () => {
  await browser?.close()
  await system?.stop()
  await origin?.stop()
})

const step = () => watched.page.locator('li[aria-current="step"]')

test('a first start: sign in, four guided steps, and the origin answers through the gateway', async () => {
  const { page } = watched
  await page.goto('/')
  await signIn(page, EMAIL, PASSWORD)
  await page.getByRole('heading', { name: 'Let us serve a first request' }).waitFor()

  const port = String(system.nodes[0]?.ports.from)
  assert.equal(await step().getByLabel('Port').inputValue(), port, 'the guide proposes a port that the node reserved')
  await step().getByRole('button', { name: 'Add listener' }).click()
  await step().getByLabel('Address').fill(origin.url)
  await step().getByRole('button', { name: 'Add upstream' }).click()
  await step().getByRole('button', { name: 'Add route' }).click()
  await step().getByRole('button', { name: 'Publish' }).click()

  await page.getByText('Revision 1 is published.').waitFor()
  await page.getByText('Every node has answered').waitFor()
  const line = await page.getByLabel('Try it', { exact: true }).innerText()
  const url = /'(http:[^']+)'/.exec(line)?.[1] ?? ''
  assert.equal(url, `http://127.0.0.1:${port}/`)
  assert.equal(await (await fetch(url)).text(), 'hello from the origin')

  await page.getByRole('button', { name: 'Go to the overview' }).click()
  await page.getByRole('link', { name: /Live Revision 1/ }).waitFor()
})

test('an edit is reviewed field by field, published, and changes traffic; a roll back brings the old one back', async () => {
  const { page } = watched
  const url = `http://127.0.0.1:${system.nodes[0]?.ports.from}/`
  await page.getByRole('link', { name: 'Routes' }).click()
  await page.getByRole('link', { name: 'everything' }).click()
  await page.getByLabel('Path value').fill('/only-here')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: /The draft differs from what is live in 1 resource/ }).click()

  await page.getByText('/match/path/value').waitFor()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByLabel('Note').fill('Only one path')
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Revision 2 is published.').waitFor()
  await page.getByText('Every node has answered').waitFor()
  assert.equal((await fetch(url)).status, 404)
  assert.equal((await fetch(`${url}only-here`)).status, 200)

  await page.getByRole('link', { name: 'Versions' }).click()
  await page.getByRole('cell', { name: 'Only one path' }).waitFor()
  await page.getByRole('link', { name: 'Revision 1', exact: true }).click()
  await page.getByText('What rolling back would change in live revision 2').waitFor()
  await page.getByRole('button', { name: 'Roll back to this…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await page.getByText('Revision 3 is published.').waitFor()
  await page.getByText('Every node has answered').waitFor()
  assert.equal((await fetch(url)).status, 200)
  await page.getByRole('link', { name: 'Versions', exact: true }).click()
  await page.getByRole('row', { name: /^Revision 3 Live .*Content of revision 1/ }).waitFor()
})

test('a draft that was made before a rollback says so before anybody publishes, and is discarded there', async () => {
  const { page } = watched
  await page.getByRole('link', { name: /^Changes/ }).click()
  const warning = page.getByRole('status').filter({ hasText: 'Revision 3 is a rollback, and this draft was made before it.' })
  await warning.waitFor()
  await page.getByRole('button', { name: 'Publish…' }).click()
  const publish = page.getByRole('dialog').getByRole('button', { name: 'Publish' })
  assert.ok(await publish.isDisabled())
  await page.getByLabel('I know, publish it').check()
  assert.ok(await publish.isEnabled())
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await warning.getByRole('button', { name: 'Discard draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard draft' }).click()
  await page.getByText('The draft is what is live again.').waitFor()
  await warning.waitFor({ state: 'detached' })
})

test('nodes and audit show what happened', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Nodes' }).click()
  const node = page.getByRole('region', { name: 'node-1' })
  await node.getByText('Serving', { exact: true }).waitFor()
  await node.getByText(`${system.nodes[0]?.ports.from} http · listening`).waitFor()
  await page.getByRole('link', { name: 'Audit' }).click()
  await eventually('the audit has rows', async () => (await page.locator('tbody tr').count()) >= 6)
})

test('the page asked no other origin and met no error', () => {
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
})

test('a page that came by http from another machine says that it can be read on the way', async () => {
  const warning = (page: Page) => page.getByText('This page came without TLS').count()
  const far = await openPage(browser, system.baseUrl.replace('127.0.0.1', 'gateway.far.test'))
  await far.page.goto('/')
  await far.page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.deepEqual([await warning(far.page), await warning(watched.page)], [1, 0])
  await far.close()
})
