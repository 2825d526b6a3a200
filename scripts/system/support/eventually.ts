import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again until `probe` answers something truthy, at most `deadlineMs`.
 * A probe that throws counts as "not yet"; its error is part of the final message.
 */
export async function eventually<T>(what: string, probe: () => Promise<T> | T, deadlineMs = 10_000, everyMs = 25): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs
  let lastError: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value) return value
    } catch (error) {
      lastError = error
    }
    if (performance.now() > end) {
      throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause: lastError })
    }
    await delay(everyMs)
  }
}
