import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startSystem, type System } from '../../scripts/system/support/system.ts'
import { type DraftedKind, KIND_PATHS } from '../../shared/schema/resource.ts'
import { fieldSchema } from '../src/editing/field-schema.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'
import { everyField } from './support/every-field.ts'

let system: System
let browser: Browser
let watched: WatchedPage

before(async () => {
  browser = await startBrowser()
  system = await startSystem({ nodes: 0 })
  for (const name of ['blue', 'green']) await system.api.must('POST', '/upstreams', { name, targets: [{ id: '1', address: 'http://127.0.0.1:3001' }] })
  watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
  await watched.page.locator('nav').waitFor()
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

const named = async (path: string, name: string) => (await system.api.must('GET', path)).items.find((item: { name: string }) => item.name === name)
const field = (pointer: string) => watched.page.locator(`[data-pointer="${pointer}"]`)

/** Goes to a form that nothing was typed into, and opens all of it. */
async function openForm(path: string): Promise<void> {
  await watched.page.evaluate(() => sessionStorage.clear())
  await watched.page.goto(path)
  await openAll()
}

async function openAll(): Promise<void> {
  await field('/name').waitFor()
  await watched.page.evaluate(() => {
    for (const one of document.querySelectorAll('details')) one.open = true
  })
}

/** Fields of which a resource has one only. */
const ACTIONS = ['/upstreamId', '/split', '/redirect', '/respond']
const WAYS = ['anonymous', 'jwt', 'apiKey', 'basic', 'forward'].map((way) => `/authorization/${way}`)
const POLICIES = ['/authorization', '/rateLimiter', '/cors', '/compression', '/responseGuard']
const KEYS = ['hash', 'secretName']
const without = (all: string[], one: string) => all.filter((other) => other !== one)

const FORMS: { kind: DraftedKind; what: string; without: string[] }[] = [
  { kind: 'listeners', what: 'http', without: ['/protocol', '/tlsPolicyId', '/defaultCertificateId', '/http2', '/http2Engine'] },
  { kind: 'upstreams', what: 'all', without: [] },
  ...ACTIONS.map((action) => ({ kind: 'routes' as const, what: action, without: [...without(ACTIONS, action), '/isGlobal', ...(action === '/split' ? [] : ['/splitSticky'])] })),
  { kind: 'providers', what: 'all', without: [] },
  { kind: 'tlsPolicies', what: 'all', without: [] },
  ...without(POLICIES, '/authorization').map((policy) => ({ kind: 'policies' as const, what: policy, without: without(POLICIES, policy) })),
  ...WAYS.flatMap((way) => KEYS.map((key) => ({ kind: 'policies' as const, what: `${way} ${key}`, without: [...without(POLICIES, '/authorization'), ...without(WAYS, way), '/authorization/apiKey/query', `/authorization/apiKey/keys/0/${key}`, `/authorization/basic/users/0/${key}`] })))
]
/** Kept for import and export only. */
const NO_CONTROL = ['/sessionAffinity/cookie/isEssential', '/targets/0/metadata']

test('every field has a control in its form, and what has none is named', async () => {
  const { page } = watched
  for (const { kind, what, without: left } of FORMS) {
    await openForm(`/${KIND_PATHS[kind]}/new`)
    await page.getByRole('button', { name: 'JSON', exact: true }).click()
    await page.getByRole('textbox', { name: 'JSON' }).fill(JSON.stringify(everyField(fieldSchema(kind, ''), (pointer) => left.includes(pointer))))
    await page.getByRole('button', { name: 'Form', exact: true }).click()
    await field('/name').waitFor()
    const alone = page.getByRole('status').filter({ hasText: 'Set, and seen in the JSON only:' })
    assert.deepEqual((await alone.locator('code').allInnerTexts()).sort(), kind === 'upstreams' ? NO_CONTROL : [], `${kind}: ${what}`)
  }
})

test('what only the other protocol has is named where somebody set it', async () => {
  const { page } = watched
  await openForm('/listeners/new')
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await page.getByRole('textbox', { name: 'JSON' }).fill('{ "protocol": "https", "redirectToHttps": {} }')
  await page.getByRole('button', { name: 'Form', exact: true }).click()
  const alone = page.getByRole('status').filter({ hasText: 'Set, and seen in the JSON only:' })
  assert.deepEqual(await alone.locator('code').allInnerTexts(), ['/redirectToHttps'])
  await alone.getByRole('button', { name: 'Show the JSON' }).click()
  await page.getByRole('textbox', { name: 'JSON' }).waitFor()
})

test('a route is offered the policies it may name, and told of a name that is none', async () => {
  const { page } = watched
  await system.api.must('POST', '/policies', { name: 'partners', authorization: { anonymous: true } })
  await system.api.must('POST', '/policies', { name: 'of-acme', tenantCode: 'acme', authorization: { anonymous: true } })
  await system.api.must('POST', '/policies', { name: 'calm', rateLimiter: { limit: 1, windowSeconds: 1 } })
  await openForm('/routes/new')
  const policy = field('/authorizationPolicy')
  const offered = () => policy.locator('+ datalist option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value))
  await policy.fill('of-acme')
  await page.getByText('There is no policy “of-acme” yet').waitFor()
  assert.deepEqual(await offered(), ['anonymous', 'partners'])
  await page.getByLabel('One tenant’s').check()
  await field('/tenantCode').fill('acme')
  await page.getByText('There is no policy “of-acme” yet').waitFor({ state: 'detached' })
  assert.deepEqual(await offered(), ['anonymous', 'of-acme', 'partners'])
  await policy.fill('calm')
  await page.getByText('Policy “calm” is of another kind').waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])
})

test('a route is split, mirrored and retried by the form alone', async () => {
  const { page } = watched
  await openForm('/routes/new')
  await field('/name').fill('shares')
  await page.getByLabel('Several upstreams by weight').check()
  await field('/split/0/upstreamId').selectOption({ label: 'blue' })
  await field('/split/0/weight').fill('9')
  await page.getByRole('button', { name: 'Add upstream' }).click()
  await field('/split/1/upstreamId').selectOption({ label: 'green' })
  await field('/splitSticky').check()
  await field('/mirror').check()
  await field('/mirror/upstreamId').selectOption({ label: 'green' })
  // Digit by digit, as a person types it.
  await field('/mirror/percent').pressSequentially('0.05')
  await field('/retry').check()
  await field('/retry/statuses').fill('502\n503')
  await page.getByRole('button', { name: 'Add route' }).click()
  await page.getByRole('link', { name: 'shares' }).waitFor()
  const [blue, green] = [await named('/upstreams', 'blue'), await named('/upstreams', 'green')]
  const { split, splitSticky, mirror, retry } = await named('/routes', 'shares')
  assert.deepEqual({ split, splitSticky, mirror, statuses: retry.statuses }, {
    split: [{ upstreamId: blue.id, weight: 9 }, { upstreamId: green.id, weight: 1 }],
    splitSticky: true,
    mirror: { upstreamId: green.id, percent: 0.05 },
    statuses: [502, 503]
  })

  await page.getByRole('link', { name: 'shares' }).click()
  await openAll()
  await field('/mirror').uncheck()
  await field('/retry').uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('shares is saved in the draft.').waitFor()
  const saved = await named('/routes', 'shares')
  assert.deepEqual([saved.mirror, saved.retry], [undefined, undefined])
})

test('an upstream gets its passive policy, cookie, queue, retries and health address by the form alone', async () => {
  const { page } = watched
  await openForm('/upstreams/new')
  await field('/name').fill('careful')
  await field('/targets/0/address').fill('https://127.0.0.1:3443')
  await field('/targets/0/healthUrl').fill('http://127.0.0.1:3444')
  const policy = '/healthCheck/passive/policy'
  await field(`${policy}/rate`).pressSequentially('0.05')
  await field(policy).selectOption('ConsecutiveFailures')
  await field(`${policy}/failures`).fill('3')
  await field('/sessionAffinity/cookie').check()
  await field('/sessionAffinity/cookie/sameSite').selectOption('Lax')
  await field('/connection/queue/max').fill('50')
  await field('/connection/tls/clientCertificateId').waitFor()
  await field('/retry/statuses').fill('503')
  await page.getByRole('button', { name: 'Add upstream' }).click()
  await page.getByRole('link', { name: 'careful' }).waitFor()
  const { targets, healthCheck, sessionAffinity, connection, retry } = await named('/upstreams', 'careful')
  assert.equal(targets[0].healthUrl, 'http://127.0.0.1:3444')
  assert.deepEqual(healthCheck.passive.policy, { policy: 'ConsecutiveFailures', failures: 3 })
  assert.equal(sessionAffinity.cookie.sameSite, 'Lax')
  assert.equal(connection.queue.max, 50)
  assert.deepEqual(retry.statuses, [503])
})

test('a listener logs what it is asked by the form, and a redirect to https is taken back', async () => {
  const { page } = watched
  await openForm('/listeners/new')
  await field('/name').fill('front')
  await field('/port').fill('20000')
  await field('/accessLog').selectOption('full')
  await field('/redirectToHttps').check()
  await field('/redirectToHttps/port').fill('8443')
  await page.getByRole('button', { name: 'Add listener' }).click()
  await page.getByRole('link', { name: 'front' }).click()
  assert.deepEqual((await named('/listeners', 'front')).redirectToHttps, { port: 8443, status: 308 })
  await openAll()
  await field('/redirectToHttps').uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('front is saved in the draft.').waitFor()
  const { accessLog, redirectToHttps } = await named('/listeners', 'front')
  assert.deepEqual([accessLog, redirectToHttps], ['full', undefined])
})

test('the page met no error', () => {
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
})
