import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Load, startLoad } from '../../scripts/system/support/load.ts'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from '../../scripts/system/support/system.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'

const MOST_FIRST_LOAD_BYTES = 250 * 1024

let system: System
let origin: Origin
let browser: Browser
let load: Load
let watched: WatchedPage

before(async () => {
  ;[browser, system, origin] = await Promise.all([startBrowser(), startSystem({ nodes: 1 }), startOrigin('hello')])
  await createExample(system, [origin.url])
  await publishAndWait(system, 'first')
  load = startLoad({ url: `http://127.0.0.1:${system.nodes[0]?.ports.from}/`, perSecond: 40 })
})

after(async () => {
  await load?.stop()
  await browser?.close()
  await system?.stop()
  await origin?.stop()
})

const figure = (page: Page, name: string) => page.locator('dt', { hasText: name }).locator('+ dd')

test('the first view asks for little', async () => {
  watched = await openPage(browser, system.baseUrl)
  const { page } = watched
  let bytes = 0
  const bodies: Promise<unknown>[] = []
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) bodies.push(response.body().then((body) => (bytes += gzipSync(body).length), () => {}))
  })
  await page.goto('/')
  await signIn(page, 'admin@example.test', 'correct horse battery staple')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByRole('heading', { name: 'Traffic' }).waitFor()
  await Promise.all(bodies)
  assert.ok(bytes > 10_000, `nothing was measured: ${bytes}`)
  assert.ok(bytes <= MOST_FIRST_LOAD_BYTES, `${bytes} bytes gzipped until the overview is there`)
})

test('the overview shows what is served now, second by second', async () => {
  const { page } = watched
  await page.getByText('Live', { exact: true }).nth(1).waitFor()
  await page.waitForFunction(() => [...document.querySelectorAll('dt')].some((term) => term.textContent === 'Requests a second' && Number(term.nextElementSibling?.textContent) > 10))
  await page.getByRole('img', { name: 'Requests a second in the last two minutes' }).waitFor()
  assert.match(await figure(page, 'Latency p50').innerText(), /\d.* · .*\d.* · .*\d/)
  await page.getByRole('list', { name: 'Answers by class of status' }).getByText('2xx').waitFor()
})

test('a route that fails is told on the overview, with its requests one click away', async () => {
  const { page } = watched
  await system.api.must('POST', '/routes', { name: 'broken', isGlobal: true, match: { path: { type: 'prefix', value: '/broken' } }, respond: { status: 503 } })
  await publishAndWait(system, 'broken')
  for (let request = 0; request < 3; request++) assert.equal((await fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/broken/${request}`)).status, 503)
  await page.reload()
  const failing = page.getByRole('region', { name: 'Routes that failed lately' })
  await failing.getByRole('link', { name: 'broken' }).click()
  await page.getByRole('link', { name: /GET .*\/broken\/2/ }).waitFor()
  assert.equal(await page.getByRole('combobox', { name: 'Outcome' }).inputValue(), 'failed')
})

test('what others do is told at once, and what one does oneself is not', async () => {
  const { page } = watched
  await page.getByRole('link', { name: 'Nodes', exact: true }).first().click()
  await system.api.must('POST', '/nodes/node-1/drain', { reason: 'a look' })
  await page.getByRole('region', { name: 'node-1' }).getByText('Draining').waitFor()
  await system.api.must('POST', '/nodes/node-1/undrain')
  await page.getByRole('region', { name: 'node-1' }).getByText('Serving', { exact: true }).waitFor()

  const [upstream] = (await system.api.must('GET', '/upstreams')).items
  await system.api.patch(`/upstreams/${upstream.id}`, { description: 'by a program' })
  const revision = await publishAndWait(system, 'by a program')
  const told = page.getByRole('link', { name: new RegExp(`published revision ${revision}`) })
  await told.click()
  await page.getByRole('heading', { name: `Revision ${revision}`, exact: true }).waitFor()
  await told.waitFor({ state: 'detached' })
})

test('a node that falls silent is told, and that it is back', async () => {
  const { page } = watched
  await system.nodes[0]?.service.stop()
  await page.getByRole('link', { name: 'node-1 is not heard of.' }).waitFor()
  await system.nodes[0]?.start()
  await page.getByRole('link', { name: 'node-1 is heard of again.' }).waitFor()
  assert.deepEqual(watched.problems, [])
  assert.deepEqual(watched.foreignRequests, [])
  await watched.close()
})

test('without the feed the page asks, and misses nothing', async () => {
  const away = await openPage(browser, system.baseUrl)
  const { page } = away
  await page.routeWebSocket('**/api/v1/events*', (socket) => socket.close({ code: 1013 }))
  await page.goto('/')
  await signIn(page, 'admin@example.test', 'correct horse battery staple')
  await page.getByText('No live figures; the page asks from time to time').waitFor()
  await page.getByRole('link', { name: 'Nodes', exact: true }).first().click()
  const node = page.getByRole('region', { name: 'node-1' })
  await node.getByText('Serving', { exact: true }).waitFor()
  await system.api.must('POST', '/nodes/node-1/drain', { reason: 'a look' })
  await node.getByText('Draining').waitFor()
  await system.api.must('POST', '/nodes/node-1/undrain')
  await node.getByText('Serving', { exact: true }).waitFor()
  assert.deepEqual(away.problems, [])
  await away.close()
})

test('a control plane that hangs is told within seconds, and the page goes on by itself when it is back', async () => {
  const hung = await openPage(browser, system.baseUrl)
  const { page } = hung
  await page.goto('/')
  await signIn(page, 'admin@example.test', 'correct horse battery staple')
  // The code of that page is there already; what hangs is its list.
  await page.getByRole('link', { name: 'Listeners', exact: true }).first().click()
  await page.getByRole('link', { name: 'web', exact: true }).waitFor()
  await page.getByRole('link', { name: 'Overview', exact: true }).first().click()
  const figures = page.getByRole('region', { name: 'Now' })
  await figures.getByText('Live', { exact: true }).waitFor()
  system.web.signal('SIGSTOP')
  try {
    const told = page.getByRole('alert').getByText('The control plane does not answer; this page tries again.')
    await told.waitFor({ timeout: 12_000 })
    await figures.getByText('No live figures; the page asks from time to time').waitFor({ timeout: 1_000 })
    assert.equal(await figures.getByText('Live', { exact: true }).count(), 0)
    await page.getByRole('link', { name: 'Listeners', exact: true }).first().click()
    await page.getByText('The control plane did not answer.').waitFor({ timeout: 12_000 })
    assert.ok(await told.isVisible())
  } finally {
    system.web.signal('SIGCONT')
  }
  await page.getByRole('link', { name: 'web', exact: true }).waitFor()
  await page.getByText('The control plane does not answer').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Overview', exact: true }).first().click()
  await figures.getByText('Live', { exact: true }).waitFor()
  assert.deepEqual(hung.problems.filter((problem) => !/WebSocket|ERR_/.test(problem)), [])
  await hung.close()
})
