import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { ensureChromium } from './chromium.ts'

/** Of names that lead to this machine, but that a browser does not take for it. */
const FAR_NAMES = '--host-resolver-rules=MAP *.far.test 127.0.0.1'
const QUIET = [FAR_NAMES, '--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
/** How long the page may take for any one step; the promises are a tenth of it. */
const PATIENCE_MS = 15_000

/** A page and everything that went wrong in it. */
export interface WatchedPage {
  page: Page
  /** Messages of console.error, uncaught errors and refusals of the Content-Security-Policy. */
  problems: string[]
  /** Every URL that was asked for at another origin. */
  foreignRequests: string[]
  close(): Promise<void>
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: QUIET })
}

/** Opens a page in its own context (cookies and storage of its own). */
export async function openPage(browser: Browser, baseUrl: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: baseUrl, locale: 'en-US', viewport: { width: 1280, height: 860 }, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const problems: string[] = []
  const foreignRequests: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== baseUrl) foreignRequests.push(request.url())
  })
  return { page, problems, foreignRequests, close: () => context.close() }
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
