import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startSystem, type System } from '../../scripts/system/support/system.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

const read = (name: string) => readFileSync(new URL(`../../workers/testing/certificates/${name}`, import.meta.url), 'utf8')

let system: System
let browser: Browser
let watched: WatchedPage

before(async () => {
  browser = await startBrowser()
  system = await startSystem({ nodes: 0 })
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

test('a certificate whose key is another one is refused at the field, with the input kept; the right one is shown and replaced', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Certificates' }).click()
  await page.getByRole('button', { name: 'Upload certificate' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('shop')
  await dialog.getByLabel('Certificate (PEM)').fill(read('origin.pem'))
  await dialog.getByLabel('Private key (PEM)').fill(read('client.key'))
  await dialog.getByRole('button', { name: 'Upload certificate' }).click()
  await dialog.locator('[aria-invalid=true]').waitFor()
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'shop')
  await dialog.getByLabel('Private key (PEM)').fill(read('origin.key'))
  await dialog.getByRole('button', { name: 'Upload certificate' }).click()
  await page.getByRole('heading', { name: 'shop' }).waitFor()
  await page.getByText('SHA-256 fingerprint').waitFor()
  await page.getByText('No node that is online serves an https port.').waitFor()
})

test('a certificate of one day is told to end soon, as nothing renews it', async () => {
  const { page } = watched
  await system.api.must('POST', '/self-signed-certificates', { name: 'short', domains: ['short.example.com'], days: 1 })
  await page.getByRole('link', { name: 'Secrets' }).click()
  await page.getByRole('link', { name: 'Certificates' }).click()
  await page.getByRole('row', { name: /short/ }).getByText('Ends soon').waitFor()
})

test('Escape throws away nothing that was typed into a dialog without asking, and the focus goes back to what opened it', async () => {
  const { page } = watched
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
  await page.getByRole('link', { name: 'Secrets' }).click()
  const opener = page.getByRole('button', { name: 'Add secret' })
  const dialog = page.getByRole('dialog')
  await opener.click()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await focused(), 'Add secret')

  await opener.click()
  await dialog.getByLabel('Value').fill('typed for a long time')
  await page.keyboard.press('Escape')
  await dialog.getByText('What you typed here is lost when this closes.').waitFor()
  assert.equal(await focused(), 'Go on typing')
  assert.deepEqual(await accessibilityProblems(page), [])
  await page.keyboard.press('Escape')
  await dialog.getByText('What you typed here is lost').waitFor({ state: 'detached' })
  assert.equal(await dialog.getByLabel('Value').inputValue(), 'typed for a long time')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'password')
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Drop it' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await focused(), 'Add secret')

  await page.keyboard.press('Control+k')
  await dialog.getByRole('combobox').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await focused(), 'Add secret')
})

test('a secret is stored, and its value is nowhere on the page', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Secrets' }).click()
  await page.getByRole('button', { name: 'Add secret' }).click()
  await page.getByLabel('Name').fill('origin-key')
  await page.getByLabel('Value').fill('a-value-nobody-sees')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('${secret:origin-key}').waitFor()
  assert.ok(!(await page.content()).includes('a-value-nobody-sees'))
})

test('a file is tried, then brought into the draft, and exported as it came', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Import and export' }).click()
  await page.getByLabel('Text').fill('format: open-gateway/1\nupstreams:\n  - name: from-a-file\n    targets:\n      - id: a\n        address: http://127.0.0.1:3001\n')
  assert.ok(await page.getByRole('button', { name: 'Bring into the draft' }).isDisabled(), 'nothing goes in untried')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByText('It would change 1 resource of the draft.').waitFor()
  assert.equal((await system.api.must('GET', '/upstreams')).items.length, 0)
  await page.getByRole('button', { name: 'Bring into the draft' }).click()
  await page.getByText('1 resource of the draft changed.').waitFor()
  assert.equal((await system.api.must('GET', '/upstreams')).items[0].name, 'from-a-file')

  await page.getByLabel('Configuration').selectOption('draft')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save file' }).click()])
  assert.equal(download.suggestedFilename(), 'gateway.yaml')
  assert.match(readFileSync(await download.path(), 'utf8'), /from-a-file/)
})

test('the page met no error', () => {
  // The browser itself reports the refused upload.
  assert.deepEqual(watched.problems.filter((problem) => !problem.includes('422') && !problem.includes('400')), [])
  assert.deepEqual(watched.foreignRequests, [])
})
