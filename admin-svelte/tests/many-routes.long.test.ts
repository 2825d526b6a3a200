import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser } from './support/browser.ts'

const ROUTES = 10_000

let system: System
let browser: Browser

before(async () => {
  browser = await startBrowser()
  system = await startSystem({ nodes: 0 })
  const routes = Array.from({ length: ROUTES }, (_, index) => ({ name: `route-${String(index).padStart(5, '0')}`, ...(index % 2 === 0 ? { isGlobal: true } : { tenantCode: `team-${index % 20}` }), match: { path: { type: 'prefix', value: `/service-${index}` } }, respond: { status: 200 } }))
  await system.api.must('POST', '/config/import', { text: JSON.stringify({ format: 'open-gateway/1', routes }), format: 'json' })
})

after(async () => {
  await browser?.close()
  await system?.stop()
})

test('ten thousand routes: few rows are in the page, the last one is reached, and filters find what they should', { timeout: 120_000 }, async () => {
  const watched = await openPage(browser, system.baseUrl)
  const { page } = watched
  await page.goto('/routes')
  await signIn(page, 'admin@example.test', 'correct horse battery staple')
  await page.getByText('10,000 entries').waitFor()
  const rows = page.locator('tr[data-row]')
  assert.ok(await rows.count() < 200, 'only the rows near the window are in the page')
  await page.evaluate('scrollTo(0, document.body.scrollHeight)')
  await page.getByRole('link', { name: 'route-09999' }).waitFor()
  await page.getByRole('searchbox').fill('service-4711')
  await page.getByText('1 entry').waitFor()
  await page.getByRole('searchbox').fill('')
  await page.getByRole('combobox', { name: 'Tenant' }).selectOption('team-3')
  await page.getByText('500 entries').waitFor()

  await page.getByRole('checkbox', { name: 'Choose all that are listed' }).check()
  const bar = page.getByRole('toolbar', { name: 'Change what is chosen' })
  await bar.getByText('500 chosen').waitFor()
  await page.getByRole('checkbox', { name: 'Choose route-00003', exact: true }).uncheck()
  await bar.getByText('499 chosen').waitFor()
  await bar.getByRole('button', { name: 'Disable' }).click()
  await page.getByText('499 are disabled in the draft.').waitFor()
  await page.getByRole('combobox', { name: 'State' }).selectOption('true')
  await page.getByText('1 entry').waitFor()
  await page.getByRole('checkbox', { name: 'Choose route-00003', exact: true }).check()
  await bar.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('1 is deleted from the draft.').waitFor()
  const left = await system.api.must<{ items: { enabled: boolean }[] }>('GET', '/routes?tenantCode=team-3&limit=500')
  assert.deepEqual([left.items.length, left.items.some(({ enabled }) => enabled)], [499, false])
  assert.deepEqual(watched.problems.filter((problem) => !problem.includes('401')), [])
})
