/** Asks again and again until the condition holds; rejects after `ms` milliseconds, naming `what` was awaited. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  options: { ms: number; what: string; everyMs?: number }
): Promise<void> {
  const end = performance.now() + options.ms
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`waited ${options.ms} ms for ${options.what}`)
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20))
  }
}
