import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startExampleFleet, type ExampleFleet } from './support/example-fleet.ts'
import { PAGES } from './support/pages.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'
import { settled } from './support/settled.ts'

const NARROW = 390
/** In the page: what reaches beyond the window and has nothing around it that scrolls. */
const WIDER = `document.documentElement.scrollWidth <= innerWidth ? [] : ['the page', ...[...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.closest('.table-scroll, nav') === null)
  .map((element) => element.tagName + '.' + element.className).slice(0, 5)]`

/** In the page: rows that words broken into pieces make taller than anybody reads. */
const TALL = `[...document.querySelectorAll('.table tbody tr')].filter(({ offsetHeight }) => offsetHeight > 200).map((row) => row.offsetHeight + ' px: ' + row.innerText.slice(0, 60))`

let fleet: ExampleFleet
let browser: Browser

before(async () => {
  browser = await startBrowser()
  fleet = await startExampleFleet()
  await fleet.sendTraffic(1)
})

after(async () => {
  await browser?.close()
  await fleet?.stop()
})

const port = () => fleet.system.nodes[0]?.ports.from ?? 0

async function openedAs(settings: Record<string, string>, width = 1280): Promise<WatchedPage> {
  const watched = await openPage(browser, fleet.system.baseUrl, { viewport: { width, height: 800 } })
  await watched.page.goto('/')
  await signIn(watched.page, 'admin@example.test', 'correct horse battery staple')
  await watched.page.locator('nav').waitFor()
  await watched.page.evaluate((kept) => {
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value)
  }, settings)
  return watched
}

for (const theme of ['light', 'dark']) {
  test(`no page has a barrier that axe finds, nor an error (${theme})`, async () => {
    const watched = await openedAs({ 'gateway.theme': theme })
    for (const { name, path, use } of PAGES) {
      await watched.page.goto(fleet.pathOf(path))
      await settled(watched.page)
      await use?.(watched.page, port())
      assert.deepEqual(await accessibilityProblems(watched.page), [], name)
    }
    assert.deepEqual(watched.problems, [])
    assert.deepEqual(watched.foreignRequests, [])
    await watched.close()
  })
}

test('every page fits a narrow window, in Chinese', async () => {
  const watched = await openedAs({ 'gateway.language': 'zh-CN' }, NARROW)
  for (const { name, path, use } of PAGES) {
    await watched.page.goto(fleet.pathOf(path))
    await settled(watched.page)
    await use?.(watched.page, port())
    assert.deepEqual(await watched.page.evaluate(WIDER), [], `${name}: these are wider than the window`)
    assert.equal(await watched.page.locator('html').getAttribute('lang'), 'zh-CN')
    assert.deepEqual(await watched.page.evaluate(TALL), [], `${name}: rows that are too tall`)
    // The browser's own language is English: times are told in the language of the page.
    assert.doesNotMatch(await watched.page.locator('body').innerText(), /\d\s[AP]M\b/, name)
  }
  assert.deepEqual(watched.problems, [])
  await watched.close()
})

test('in a narrow window the current page is in sight in the navigation, and the own account is at hand', async () => {
  const { page, close } = await openedAs({}, NARROW)
  await page.goto('/jobs')
  await settled(page)
  const here = page.locator('nav a[aria-current]')
  const isInSight = () => here.evaluate((item) => item.getBoundingClientRect().left >= 0 && item.getBoundingClientRect().right <= innerWidth)
  assert.ok(await isInSight())
  await page.locator('nav a[href="/audit"]').click()
  await page.getByRole('heading', { name: 'Audit' }).waitFor()
  assert.ok(await isInSight())
  await page.getByTitle('My account').click()
  await page.getByRole('heading', { name: 'My account' }).waitFor()
  await page.getByText(/^Chrome \d+, Linux$/).first().waitFor()
  await close()
})

test('in a low window the own account stays in sight while the navigation scrolls', async () => {
  const { page, close } = await openedAs({}, 1400)
  await page.setViewportSize({ width: 1400, height: 700 })
  await page.goto('/people')
  await settled(page)
  const isWithinWindow = (selector: string) => page.locator(selector).evaluate((item) => item.getBoundingClientRect().top >= 0 && item.getBoundingClientRect().bottom <= innerHeight)
  assert.ok(await isWithinWindow('[title="My account"]'))
  assert.ok(await isWithinWindow('[title="Sign out"]'))
  assert.ok(await isWithinWindow('nav a[aria-current]'), 'the last page of the navigation is scrolled to')
  await close()
})
