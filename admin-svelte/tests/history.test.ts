import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { createExample, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

let system: System
let browser: Browser
let watched: WatchedPage

before(async () => {
  browser = await startBrowser()
  system = await startSystem()
  const { upstream } = await createExample(system, ['http://127.0.0.1:3001'])
  await publishAndWait(system, 'first')
  await system.api.patch(`/upstreams/${upstream.id}`, { slowStartSeconds: 7 })
  await publishAndWait(system, 'slower start')
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

test('the palette goes to a page and to a resource, by the keys alone', async () => {
  const { page } = watched
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'A page, or the name' }).fill('versi')
  await page.getByRole('option', { name: /Versions/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Versions' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'A page, or the name' }).fill('app')
  await page.getByRole('option', { name: /app/ }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'app' }).waitFor()
})

test('two revisions are compared, one resource is restored into the draft, and a revision is pinned', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Versions' }).click()
  await page.getByLabel('Search the notes').fill('slower')
  await page.getByRole('cell', { name: 'first' }).waitFor({ state: 'detached' })
  await page.getByLabel('Search the notes').fill('')
  await page.getByRole('link', { name: 'Compare…' }).click()
  await page.getByLabel('From', { exact: true }).selectOption('1')
  await page.getByLabel('To', { exact: true }).selectOption('2')
  await page.getByText('/slowStartSeconds').waitFor()
  await page.getByRole('button', { name: 'Restore into the draft' }).click()
  await page.getByText('app is in the draft again.').waitFor()
  assert.equal((await system.api.must('GET', '/upstreams')).items[0].slowStartSeconds, 0)

  await page.getByRole('link', { name: 'Versions', exact: true }).click()
  await page.getByRole('link', { name: 'Revision 1', exact: true }).click()
  await page.getByRole('button', { name: 'Pin…' }).click()
  await page.getByLabel('Note').fill('before the winter')
  await page.getByRole('dialog').getByRole('button', { name: 'Pin…' }).click()
  await page.getByText('before the winter').waitFor()
})

test('the audit is filtered, and shows what a row changed', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByLabel('What').fill('upstreams.update')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('cell', { name: 'routes.create' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Change' }).first().click()
  await page.getByText('/slowStartSeconds').waitFor()
})

test('a free square of the port map begins a listener on that port', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Listeners' }).click()
  const free = system.nodes[0]?.ports.to
  await page.getByRole('link', { name: `${free} · free · make a listener` }).click()
  await page.getByRole('heading', { name: 'Add listener' }).waitFor()
  assert.equal(await page.locator('[data-pointer="/port"]').inputValue(), String(free))
})

test('the page met no error', () => {
  assert.deepEqual(watched.problems, [])
})
