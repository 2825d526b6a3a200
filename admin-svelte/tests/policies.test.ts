import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { eventually } from '../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

let system: System
let origin: Origin
let browser: Browser
let watched: WatchedPage

before(async () => {
  ;[browser, system, origin] = await Promise.all([startBrowser(), startSystem(), startOrigin('came in')])
  await createExample(system, [origin.url])
  await publishAndWait(system, 'open to everybody')
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
})

after(async () => {
  await browser?.close()
  await system?.stop()
  await origin?.stop()
})

const status = async (headers: Record<string, string> = {}) => (await fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/`, { headers })).status
const policyNamed = async (name: string) => (await system.api.must('GET', '/policies')).items.find((item: { name: string }) => item.name === name)

async function publish(): Promise<void> {
  const { page } = watched
  await page.getByRole('link', { name: /^Changes/ }).click()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Every node has answered').waitFor()
}

let key = ''

test('a policy with an API key is made by the form alone; the key is shown once, and what is wrong is told where it is', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Policies', exact: true }).click()
  await page.getByRole('link', { name: 'Add policy' }).first().click()
  await page.locator('[data-pointer="/name"]').fill('shop-keys')
  await page.getByLabel('Who may come in').selectOption('apiKey')
  const entry = page.getByRole('group', { name: 'Keys 1', exact: true })
  await entry.getByLabel('Name').fill('shop')
  await entry.getByRole('button', { name: 'Set the key of shop' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set the key of shop' })
  assert.deepEqual(await accessibilityProblems(page), [])
  key = (await dialog.getByRole('group', { name: 'Key' }).locator('code').innerText()).trim()
  assert.match(key, /^[\w-]{32}$/)
  await dialog.getByRole('button', { name: 'Take it' }).click()
  await dialog.waitFor({ state: 'detached' })
  await entry.getByText(`SHA-256 ${createHash('sha256').update(key).digest('hex').slice(0, 8)}…`).waitFor()

  // By the keyboard: the new entry has the focus, and after it is removed the button that adds one.
  await page.getByRole('button', { name: 'Add key' }).focus()
  await page.keyboard.press('Enter')
  const second = page.getByRole('group', { name: 'Keys 2', exact: true })
  await second.waitFor()
  await page.keyboard.type('shop')
  await page.getByRole('button', { name: 'Add policy' }).click()
  await second.getByText('"shop" is there twice').waitFor()
  await second.getByText('exactly one of hash and secretName is needed').waitFor()
  assert.equal(await second.getByLabel('Name').getAttribute('aria-invalid'), 'true')
  assert.deepEqual(await accessibilityProblems(page), [])
  await second.getByRole('button', { name: 'Remove 2' }).focus()
  await page.keyboard.press('Enter')
  await second.waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Add key')

  assert.ok(!(await page.content()).includes(key), 'the key is nowhere on the page any more')
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).includes(key), 'nor kept by the browser')
  await page.getByRole('button', { name: 'Add policy' }).click()
  await page.getByRole('link', { name: 'shop-keys' }).waitFor()
  const { authorization } = await policyNamed('shop-keys')
  assert.deepEqual(authorization.apiKey, { header: 'X-Api-Key', keys: [{ name: 'shop', hash: createHash('sha256').update(key).digest('hex') }] })
})

test('published, a request without the key is answered 401 and one with it 200', async () => {
  const { page } = watched
  assert.equal(await status(), 200)
  await page.getByRole('link', { name: 'Routes', exact: true }).click()
  await page.getByRole('link', { name: 'all', exact: true }).click()
  const field = page.locator('[data-pointer="/authorizationPolicy"]')
  await field.evaluate((element) => element.closest('details')?.setAttribute('open', ''))
  await field.fill('shop-keys')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('all is saved in the draft.').waitFor()
  await publish()
  assert.equal(await status(), 401)
  assert.equal(await status({ 'x-api-key': 'another' }), 401)
  assert.equal(await status({ 'x-api-key': key }), 200)
})

test('a saved policy shows how a key begins and never the key; a password that is typed lets its user in', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Policies', exact: true }).click()
  await page.getByRole('link', { name: 'shop-keys' }).click()
  await page.getByText('SHA-256').first().waitFor()
  assert.ok(!(await page.content()).includes(key))
  await page.getByLabel('Who may come in').selectOption('basic')
  const entry = page.getByRole('group', { name: 'Users 1', exact: true })
  await entry.getByLabel('Name').fill('anna')
  await entry.getByRole('button', { name: 'Set the password of anna' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set the password of anna' })
  await dialog.getByLabel('Where it comes from').selectOption('typed')
  await dialog.getByLabel('Password').fill('grün & sicher')
  await dialog.getByRole('button', { name: 'Take it' }).click()
  await entry.getByText('scrypt', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('shop-keys is saved in the draft.').waitFor()
  assert.ok(!JSON.stringify(await policyNamed('shop-keys')).includes('sicher'))
  await publish()
  const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`anna:${password}`).toString('base64')}` })
  assert.equal(await status({ 'x-api-key': key }), 401)
  assert.equal(await status(basic('grün & unsicher')), 401)
  await eventually('anna is let in', async () => (await status(basic('grün & sicher'))) === 200)
})

test('claims that a token must have, and a key that is a secret, are saved as they were given', async () => {
  const { page } = watched
  await system.api.must('POST', '/secrets', { name: 'partner-key', value: 'a-value-nobody-sees' })
  await page.getByRole('link', { name: 'Policies', exact: true }).click()
  await page.getByRole('link', { name: 'Add policy' }).first().click()
  await page.locator('[data-pointer="/name"]').fill('staff')
  await page.getByRole('button', { name: 'Add claim' }).click()
  await page.keyboard.type('groups')
  await page.getByRole('group', { name: 'Required claims 1' }).getByLabel('Values').fill('staff\nadmins')
  await page.getByRole('button', { name: 'Add policy' }).click()
  await page.getByRole('link', { name: 'staff' }).waitFor()
  assert.deepEqual((await policyNamed('staff')).authorization.jwt.requiredClaims, [{ name: 'groups', values: ['staff', 'admins'] }])

  await page.getByRole('link', { name: 'Add policy' }).first().click()
  await page.locator('[data-pointer="/name"]').fill('partners')
  await page.getByLabel('Who may come in').selectOption('apiKey')
  await page.getByLabel('The key comes in').selectOption('query')
  const entry = page.getByRole('group', { name: 'Keys 1', exact: true })
  await entry.getByLabel('Name').fill('partner')
  await entry.getByLabel('Kept as').selectOption('secret')
  await entry.getByLabel('Secret', { exact: true }).selectOption('partner-key')
  await page.getByRole('button', { name: 'Add policy' }).click()
  await page.getByRole('link', { name: 'partners' }).waitFor()
  assert.deepEqual((await policyNamed('partners')).authorization.apiKey, { query: 'api_key', keys: [{ name: 'partner', secretName: 'partner-key' }] })
})

test('the same form in Chinese', async () => {
  const { page } = watched
  await page.evaluate(() => localStorage.setItem('gateway.language', 'zh-CN'))
  await page.goto('/policies/new')
  await page.getByLabel('谁可以进入').selectOption('apiKey')
  await page.getByRole('group', { name: '密钥 1', exact: true }).getByLabel('名称').fill('商店')
  await page.getByRole('button', { name: '设置 商店 的密钥' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '采用' }).click()
  await page.getByText('SHA-256').first().waitFor()
})

test('the page met no error', () => {
  // The browser itself reports the refused save.
  assert.deepEqual(watched.problems.filter((problem) => !problem.includes('422') && !problem.includes('400')), [])
  assert.deepEqual(watched.foreignRequests, [])
})
