import { mkdirSync, mkdtempSync, chmodSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openPage, startBrowser } from '../admin-svelte/tests/support/browser.ts'
import { buildAdminPage } from './admin-page.ts'
import { projectRoot } from './project-root.ts'
import { startExampleFleet } from '../admin-svelte/tests/support/example-fleet.ts'
import { PAGES } from '../admin-svelte/tests/support/pages.ts'
import { ensureRedis } from './services/install-redis.ts'
import { startPostgres } from './services/postgres.ts'

const HELP = `npm run screenshots                        a picture of every page of the admin page, in docs/screenshots
npm run screenshots -- --only=routes,nodes  only these pages
npm run screenshots -- --to=FOLDER          elsewhere
npm run screenshots -- --width=400 --language=zh-CN --theme=dark

Starts a fleet with example content of its own, and stops it at the end.`

const { values } = parseArgs({ options: { help: { type: 'boolean' }, only: { type: 'string' }, to: { type: 'string', default: path.join(projectRoot, 'docs/screenshots') }, width: { type: 'string', default: '1280' }, language: { type: 'string', default: 'en' }, theme: { type: 'string', default: 'light' } } })
if (values.help === true) {
  console.log(HELP)
  process.exit(0)
}
const say = (line: string): void => console.error(`screenshots: ${line}`)
const wanted = values.only?.split(',')
const pages = PAGES.filter(({ name }) => wanted === undefined || wanted.includes(name))
const folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-screenshots-'))
chmodSync(folder, 0o755)
ensureRedis(say)
buildAdminPage(say)
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false })
process.env.TEST_POSTGRES_URL = postgres.url
const fleet = await startExampleFleet()
const browser = await startBrowser()
try {
  mkdirSync(values.to, { recursive: true })
  await fleet.sendTraffic(3)
  const { page, problems } = await openPage(browser, fleet.system.baseUrl, { viewport: { width: Number(values.width), height: 1000 } })
  await page.addInitScript(([language, theme]) => {
    localStorage.setItem('gateway.language', language ?? '')
    localStorage.setItem('gateway.theme', theme ?? '')
  }, [values.language, values.theme])
  await page.goto('/')
  await page.locator('input[type=email]').fill('admin@example.test')
  await page.locator('input[type=password]').fill('correct horse battery staple')
  await page.locator('button[type=submit]').click()
  await page.locator('nav').waitFor()
  const port = fleet.system.nodes[0]?.ports.from ?? 0
  for (const { name, path: at, seconds = 2, height = 1000, use } of pages) {
    const traffic = fleet.sendTraffic(seconds)
    await page.setViewportSize({ width: Number(values.width), height })
    await page.goto(fleet.pathOf(at))
    await page.locator('h1').waitFor()
    await use?.(page, port)
    await traffic
    await page.waitForTimeout(300)
    await page.screenshot({ path: path.join(values.to, `${name}.png`) })
    say(name)
  }
  for (const problem of problems) say(`problem: ${problem}`)
} finally {
  await browser.close()
  await fleet.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
