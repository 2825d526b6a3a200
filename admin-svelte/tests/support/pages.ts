import type { Page } from 'playwright-core'

/** A page of the admin page, by the name of its picture. */
interface Pictured {
  name: string
  /** The fleet's `pathOf` fills in ids. */
  path: string
  /** Of traffic that go by before the picture; 2 without it. */
  seconds?: number
  /** Of the window; 1000 without it. */
  height?: number
  /** What a person does on it first, in whatever language. `port`: of the listener of the example. */
  use?: (page: Page, port: number) => Promise<void>
}

/** Every page of the admin page. */
export const PAGES: readonly Pictured[] = [
  { name: 'overview', path: '/', seconds: 20 },
  { name: 'listeners', path: '/listeners' },
  { name: 'upstreams', path: '/upstreams' },
  { name: 'routes', path: '/routes' },
  { name: 'route-new', path: '/routes/new', height: 1800 },
  { name: 'providers', path: '/providers' },
  { name: 'tls-policies', path: '/tls-policies' },
  { name: 'policies', path: '/policies' },
  { name: 'policy-new', path: '/policies/new', height: 1300, use: addKey },
  { name: 'certificates', path: '/certificates' },
  { name: 'secrets', path: '/secrets' },
  { name: 'changes', path: '/changes' },
  { name: 'proposals', path: '/proposals' },
  { name: 'proposal', path: '/proposals/:proposal' },
  { name: 'versions', path: '/versions' },
  { name: 'compare', path: '/versions/compare?from=2&to=3' },
  { name: 'files', path: '/files' },
  { name: 'nodes', path: '/nodes' },
  { name: 'requests', path: '/requests' },
  { name: 'connections', path: '/connections' },
  { name: 'explain', path: '/explain', height: 1900, use: explainRequest },
  { name: 'audit', path: '/audit' },
  { name: 'jobs', path: '/jobs' },
  { name: 'webhooks', path: '/webhooks' },
  { name: 'people', path: '/people' },
  { name: 'account', path: '/account' }
]

async function addKey(page: Page): Promise<void> {
  const key = '/authorization/apiKey/keys/0'
  await page.locator('[data-pointer="/name"]').fill('partners')
  await page.locator('[data-pointer="/authorization"]').selectOption('apiKey')
  await page.locator(`[data-pointer="${key}/name"]`).fill('shop')
  await page.locator(`[data-pointer="${key}/hash"]`).click()
  await page.locator('dialog button[type=submit]').click()
  await page.locator('dialog').waitFor({ state: 'detached' })
}

async function explainRequest(page: Page, port: number): Promise<void> {
  await page.locator('input[id$="-url"]').fill(`http://orders.example.com:${port}/orders/items?page=1`)
  await page.locator('main button[type=submit]').click()
  await page.locator('main pre').waitFor()
}
