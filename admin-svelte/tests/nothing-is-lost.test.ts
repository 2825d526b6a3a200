import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser } from './support/browser.ts'

const EMAIL = 'admin@example.test'
const PASSWORD = 'correct horse battery staple'

let system: System
let browser: Browser
let page: Page
let listener: { id: string }

before(async () => {
  browser = await startBrowser()
  system = await startSystem({ nodes: 0 })
  listener = await system.api.must('POST', '/listeners', { name: 'web', protocol: 'http', port: 20000 })
  page = (await openPage(browser, system.baseUrl)).page
  await page.goto('/')
  await signIn(page, EMAIL, PASSWORD)
  await page.getByRole('link', { name: 'Listeners' }).click()
  await page.getByRole('link', { name: 'web', exact: true }).click()
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

const stored = () => system.api.must('GET', `/listeners/${listener.id}`)

test("the server's issue is put at its field, and the input stays", async () => {
  await page.getByRole('textbox', { name: 'Port required' }).fill('99999999')
  await page.getByRole('button', { name: 'Save' }).click()
  const port = page.getByRole('textbox', { name: 'Port required' })
  await page.locator('input[aria-invalid="true"]').waitFor()
  assert.equal(await port.getAttribute('aria-invalid'), 'true')
  assert.equal(await port.inputValue(), '99999999')
  const described = (await port.getAttribute('aria-describedby'))?.split(' ') ?? []
  const texts = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).innerText()))
  assert.match(texts.join('\n'), /65535/)
})

test('unsaved input survives a reload and a session that ended; saving goes on after signing in', async () => {
  await page.getByRole('textbox', { name: 'Port required' }).fill('20001')
  await page.reload()
  await page.getByText('You typed this earlier and did not save it.').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Port required' }).inputValue(), '20001')

  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your session ended' })
  await dialog.waitFor()
  assert.equal(await dialog.getByLabel('Email').inputValue(), EMAIL)
  await dialog.getByLabel('Password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('web is saved in the draft.').waitFor()
  assert.equal((await stored()).port, 20001)
})

test('text that is no JSON yet survives a reload and another page, says where it goes wrong, and is undone', async () => {
  const json = page.getByRole('textbox', { name: 'JSON' })
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  const good = await json.inputValue()
  const broken = '{\n  "name": "web",\n  "port": 20003,,\n}'
  await json.fill(broken)
  await page.getByText('Not JSON from line 3, column 17.').waitFor()
  await page.reload()
  await page.getByText('You typed this earlier and did not save it.').waitFor()
  assert.equal(await json.inputValue(), broken)
  await page.getByRole('link', { name: 'Upstreams' }).click()
  await page.getByRole('heading', { name: 'Upstreams' }).waitFor()
  await page.goBack()
  await page.getByText('Not JSON from line 3, column 17.').waitFor()
  assert.equal(await json.inputValue(), broken)
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
  await page.getByRole('button', { name: 'Undo all' }).click()
  await page.getByText('Form and JSON are the same thing seen twice.').waitFor()
  assert.deepEqual(JSON.parse(await json.inputValue()), JSON.parse(good))
  await json.fill('[]')
  await page.getByText('JSON, but no object').waitFor()
  await page.getByRole('button', { name: 'Undo all' }).click()
  await page.getByRole('button', { name: 'Form', exact: true }).click()
  assert.equal((await stored()).port, 20001)
})

test('a conflict shows both versions; my changes go on top of theirs', async () => {
  await page.getByLabel('Description').fill('mine')
  await system.api.patch(`/listeners/${listener.id}`, { port: 20002 })
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this' })
  const rows = dialog.locator('tbody tr')
  await rows.first().waitFor()
  assert.deepEqual((await rows.allInnerTexts()).map((row) => row.split(/\s+/).filter(Boolean).join(' ')).sort(), ['/description not set not set mine', '/port 20001 20002 20001'])
  await dialog.getByRole('button', { name: 'Put my changes on top and save' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('Not saved yet').waitFor({ state: 'hidden' })
  const { port, description } = await stored()
  assert.deepEqual({ port, description }, { port: 20002, description: 'mine' })
})

test('the language and the theme change at once and are kept', async () => {
  await page.getByLabel('Language').selectOption('zh-CN')
  await page.getByRole('link', { name: '监听器', exact: true }).first().waitFor()
  await page.getByLabel('主题').selectOption('dark')
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.reload()
  await page.getByRole('link', { name: '监听器', exact: true }).first().waitFor()
  assert.equal(await ground(), dark)
  await page.getByLabel('主题').selectOption('light')
  assert.notEqual(await ground(), dark)
})
