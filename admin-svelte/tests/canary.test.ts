import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator } from 'playwright-core'
import { eventually } from '../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { createExample, type Example, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

let system: System
let blue: Origin
let green: Origin
let example: Example
let browser: Browser
let watched: WatchedPage

before(async () => {
  ;[browser, system, blue, green] = await Promise.all([startBrowser(), startSystem({ nodes: 2 }), startOrigin('blue'), startOrigin('green')])
  // It sets until when a canary is watched.
  await system.startJobs()
  example = await createExample(system, [blue.url])
  await system.api.must('POST', '/listeners', { name: 'of the second node', protocol: 'http', port: system.nodes[1]?.ports.from })
  await publishAndWait(system, 'blue')
  await eventually('both nodes are heard of', async () => (await system.api.must('GET', '/nodes')).items.every(({ online }: { online: boolean }) => online))
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
  await watched.page.getByRole('heading', { name: 'Overview' }).waitFor()
})

after(async () => {
  await browser?.close()
  await system?.stop()
  await Promise.all([blue?.stop(), green?.stop()])
})

/** What each node answers, in the order of their names. */
const answers = () => Promise.all(system.nodes.map(async ({ ports }) => (await fetch(`http://127.0.0.1:${ports.from}/`, { headers: { connection: 'close' } })).text()))
const held = async () => (await system.api.must('GET', '/config/hold')).hold
const notice = () => watched.page.getByRole('status').filter({ hasText: 'is on some nodes first' })

/** Publishes the draft to some of the nodes, by the page. @returns the revision */
async function publishToSome(target: string, choose: (dialog: Locator) => Promise<void>): Promise<number> {
  const { page } = watched
  await system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address: target }] })
  await page.goto('/changes')
  await page.getByRole('button', { name: 'Publish…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Carefully').click()
  await dialog.getByLabel('Some nodes first').check()
  await choose(dialog)
  assert.deepEqual(await accessibilityProblems(page), [])
  await dialog.getByRole('button', { name: 'Publish' }).click()
  await notice().waitFor()
  return (await held()).revision
}

const half = (dialog: Locator) => dialog.getByLabel('Percent of the nodes').fill('50')

test('half of the nodes get a canary; promoted with a reason, all of them do', async () => {
  const { page } = watched
  const revision = await publishToSome(green.url, half)
  const { canary } = await held()
  assert.equal(canary.nodes.length, 1)
  await eventually('only the canary serves it', async () => (await answers()).join() === system.nodes.map(({ id }) => (canary.nodes.includes(id) ? 'green' : 'blue')).join())
  await notice().getByText('Watched until').waitFor()
  await notice().getByText(new RegExp(`${canary.nodes[0]}: before \\d+ requests`)).waitFor()
  await page.getByText(`Not decided yet: only ${canary.nodes[0]}`).waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])

  await notice().getByRole('button', { name: 'To all nodes now…' }).click()
  const dialog = page.getByRole('dialog', { name: `Give revision ${revision} to all nodes?` })
  await dialog.getByLabel('Reason').fill('green is quick')
  await dialog.getByRole('button', { name: 'To all nodes now' }).click()
  await notice().waitFor({ state: 'detached' })
  await page.getByText('All nodes got it').waitFor()
  await page.getByText('admin@example.test: green is quick').waitFor()
  await page.getByText('Every node has answered').waitFor()
  assert.deepEqual(await answers(), ['green', 'green'])
})

test('a canary is taken back with a reason, and its revision tells so', async () => {
  const { page } = watched
  const second = system.nodes[1]!.id
  const revision = await publishToSome(blue.url, async (dialog) => {
    await dialog.getByLabel('These nodes').check()
    await dialog.getByLabel(second, { exact: true }).check()
    await dialog.getByLabel('Errors may rise by, percent').fill('5')
  })
  const { canary } = await held()
  assert.deepEqual([canary.nodes, canary.maxErrorRateIncrease], [[second], 0.05])
  await eventually('the canary serves it', async () => (await answers()).toSorted().join() === 'blue,green')
  // From whatever page one is on.
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await notice().getByRole('button', { name: 'Take it back…' }).click()
  const dialog = page.getByRole('dialog', { name: `Take revision ${revision} back?` })
  await dialog.getByText(`What revision ${revision - 1} holds is published again`).waitFor()
  await dialog.getByLabel('Reason').fill('carts are lost')
  await dialog.getByRole('button', { name: 'Take it back' }).click()
  await notice().waitFor({ state: 'detached' })
  await eventually('every node serves what was there before', async () => (await answers()).join() === 'green,green')

  await page.goto(`/versions/${revision}`)
  await page.getByText(`It was taken back; revision ${revision + 1} took its place`).waitFor()
  await page.getByText('admin@example.test: carts are lost').waitFor()
  assert.equal(await held(), null)
})

test('a publish that waits for its confirmation is taken back without waiting', async () => {
  const { page } = watched
  await system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address: blue.url }] })
  await page.goto('/changes')
  await page.getByRole('button', { name: 'Publish…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Carefully').click()
  await dialog.getByLabel('Goes back unless it is confirmed').check()
  // What was taken back before is still in the draft's past.
  await dialog.getByLabel('I know, publish it').check()
  await dialog.getByRole('button', { name: 'Publish' }).click()
  const waiting = page.getByRole('status').filter({ hasText: 'waits for its confirmation' })
  await waiting.waitFor()
  await eventually('all nodes serve it', async () => (await answers()).join() === 'blue,blue')
  await waiting.getByRole('button', { name: 'Take it back…' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('the shop is down')
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
  await waiting.waitFor({ state: 'detached' })
  await eventually('every node serves what was there before', async () => (await answers()).join() === 'green,green')
})

test('the page met no error', () => {
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
})
