import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createExample, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'
import { settled } from './support/settled.ts'

const PASSWORD = 'a password of my own choosing'

let system: System
let browser: Browser
let admin: WatchedPage
let upstreamOfOthers: { id: string }

before(async () => {
  ;[browser, system] = await Promise.all([startBrowser(), startSystem({ nodes: 1 })])
  const { listener } = await createExample(system, ['http://127.0.0.1:3001'])
  upstreamOfOthers = await system.api.must('POST', '/upstreams', { name: 'of-globex', tenantCode: 'globex', targets: [{ id: 'a', address: 'http://127.0.0.1:3001' }] })
  await publishAndWait(system, 'first')
  await system.api.must('POST', '/grants', { tenantCode: 'acme', listenerIds: [listener.id], hostSuffixes: ['acme.example.com'], priority: { min: 10, max: 20 } })
  admin = await openPage(browser, system.baseUrl)
  await admin.page.goto('/')
  await signIn(admin.page, 'admin@example.test', 'correct horse battery staple')
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

/** Adds a person on the page. @returns the one-time password. */
async function addPerson(email: string, role: string, tenants: string): Promise<string> {
  const { page } = admin
  await page.getByRole('link', { name: 'People and tenants' }).click()
  await page.getByRole('button', { name: 'Add person' }).click()
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Role').selectOption(role)
  await page.getByLabel('Tenants').fill(tenants)
  await page.getByRole('dialog').getByRole('button').last().click()
  const password = (await page.getByRole('dialog').locator('code, pre').first().innerText()).trim()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  return password
}

async function firstSignIn(email: string, oneTime: string): Promise<WatchedPage> {
  const watched = await openPage(browser, system.baseUrl)
  const { page } = watched
  await page.goto('/')
  await signIn(page, email, oneTime)
  await page.getByLabel('Present password').fill(oneTime)
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('New password, again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return watched
}

/** Publishes the draft by who is not limited, until it is confirmed. */
async function publishHeld(): Promise<{ revision: number }> {
  const { draftHash, live } = await system.api.must('POST', '/config/validate', {})
  return system.api.must('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash, note: 'held', confirmWithinSeconds: 600 })
}

const pagesOf = (page: Page) => page.getByRole('navigation').getByRole('link').allInnerTexts().then((texts) => texts.map((text) => text.trim().split('\n')[0]))

test('a new person signs in with the one-time password and chooses one; it is good no more', async () => {
  const oneTime = await addPerson('viewer@example.test', 'viewer', '')
  const watched = await firstSignIn('viewer@example.test', oneTime)
  const { page } = watched
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn(page, 'viewer@example.test', oneTime)
  await page.getByText('wrong', { exact: false }).first().waitFor()
  await signIn(page, 'viewer@example.test', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  assert.ok(!(await pagesOf(page)).some((name) => name === 'Webhooks' || name === 'People and tenants'))
  await page.getByRole('link', { name: 'Routes' }).click()
  await page.getByRole('link', { name: 'all', exact: true }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Add route' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: 'Delete all' }).count(), 0)
  await page.getByRole('link', { name: 'all', exact: true }).click()
  await page.getByLabel('Path value').waitFor()
  assert.ok(await page.getByLabel('Path value').isDisabled())
  await page.goto('/people')
  await page.getByRole('heading', { name: 'This page is not for you' }).first().waitFor()
  await watched.close()
})

test('who is limited to a tenant sees its pages and resources alone, and makes a route of it within its grant', async () => {
  const oneTime = await addPerson('acme@example.test', 'publisher', 'acme')
  const watched = await firstSignIn('acme@example.test', oneTime)
  const { page } = watched
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url())
  })
  assert.deepEqual(await pagesOf(page), ['Overview', 'Listeners', 'Upstreams', 'Routes', 'Policies', 'Certificates', 'Secrets', 'Changes', 'Proposals', 'Versions', 'Live requests', 'Connections', 'Explain', 'Audit'])
  for (const link of await page.getByRole('navigation').getByRole('link').all()) {
    await link.click()
    await settled(page)
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'A page, or the name' }).fill('add')
  assert.deepEqual((await page.getByRole('listbox', { name: 'Go to' }).getByRole('option').allInnerTexts()).map((text) => text.split('\n')[0]), ['Add upstream', 'Add route', 'Add policy'])
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: 'Upstreams' }).click()
  await page.getByRole('heading', { name: 'Upstreams' }).waitFor()
  assert.equal(await page.getByText('of-globex').count(), 0)
  await page.goto(`/upstreams/${upstreamOfOthers.id}`)
  await page.getByText('not_found').or(page.getByText('There is no')).first().waitFor()

  await page.goto('/upstreams/new')
  assert.equal(await page.getByLabel('Tenant').inputValue(), 'acme')
  await page.getByLabel('Name', { exact: false }).first().fill('acme-app')
  await page.getByLabel('Address').first().fill('http://127.0.0.1:3001')
  await page.getByRole('button', { name: 'Add upstream' }).click()
  await page.getByRole('link', { name: 'acme-app' }).waitFor()
  await page.goto('/routes/new')
  await page.getByLabel('Name', { exact: false }).first().fill('acme-route')
  assert.equal(await page.getByLabel('Tenant').inputValue(), 'acme')
  assert.ok(await page.getByRole('checkbox', { name: 'web :' }).isChecked())
  await page.getByRole('combobox', { name: 'Upstream' }).first().selectOption({ label: 'acme-app' })
  await page.getByRole('button', { name: 'Add route' }).click()
  await page.getByRole('link', { name: 'acme-route' }).waitFor()
  const route = (await system.api.must('GET', '/routes')).items.find(({ name }: { name: string }) => name === 'acme-route')
  assert.deepEqual({ tenantCode: route.tenantCode, hosts: route.match.hosts, priority: route.priority }, { tenantCode: 'acme', hosts: ['acme.example.com'], priority: 10 })

  await page.getByRole('link', { name: 'Changes' }).first().click()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Revision 2 is published.').waitFor()
  const rollout = page.getByRole('region', { name: 'Rollout of revision 2' })
  await rollout.getByRole('row', { name: /node-1/ }).getByText('Applied', { exact: true }).waitFor()

  await system.api.patch(`/upstreams/${upstreamOfOthers.id}`, { description: 'of others' })
  const { revision } = await publishHeld()
  await page.getByText(`Revision ${revision} waits for its confirmation`).waitFor()
  await page.getByText('others decide about it').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Confirm' }).count(), 0)
  await system.api.must('POST', '/config/confirm', { revision })
  await page.getByText('others decide about it').waitFor({ state: 'detached' })

  const own = (await system.api.must('GET', '/upstreams')).items.find(({ name }: { name: string }) => name === 'acme-app')
  await system.api.patch(`/upstreams/${own.id}`, { description: 'carefully' })
  await page.goto('/changes')
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByText('Carefully', { exact: true }).click()
  await page.getByLabel('Goes back unless it is confirmed').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText(`Revision ${revision + 1} waits for its confirmation`).waitFor()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('waits for its confirmation').waitFor({ state: 'detached' })
  assert.deepEqual(refused, [], 'no page asked for what the person may not see')
  assert.deepEqual(watched.problems.filter((problem) => !problem.includes('404')), [])
  await watched.close()
})

test('an API token is made, works within its rights, and is over when it is revoked', async () => {
  const { page } = admin
  await page.getByTitle('My account').click()
  await page.getByRole('button', { name: 'New token' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('deploy')
  await page.getByRole('dialog').getByRole('button').last().click()
  const token = (await page.getByRole('dialog').locator('code, pre').first().innerText()).trim()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  const call = (method: string, path: string) => fetch(`${system.baseUrl}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: '{}' }) })
  assert.equal((await call('GET', '/routes')).status, 200)
  assert.equal((await call('POST', '/routes')).status, 403, 'a viewer makes nothing')
  assert.ok(!(await page.content()).includes(token), 'it is shown once')
  await page.getByRole('button', { name: 'Revoke deploy' }).click()
  await page.getByRole('dialog').getByRole('button').last().click()
  await page.getByRole('cell', { name: 'deploy', exact: true }).waitFor({ state: 'detached' })
  assert.equal((await call('GET', '/routes')).status, 401)
  assert.deepEqual(admin.problems, [])
})
