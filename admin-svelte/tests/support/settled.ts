import type { Page } from 'playwright-core'

/** Waits until the page has its heading and nothing on it is still being read. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('h1') !== null && ![...document.querySelectorAll('[role=status]')].some(({ textContent }) => /Loading…|正在加载…/.test(textContent ?? '')))
}
