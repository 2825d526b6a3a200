import { LOAD_CPU, PROXY_CPU, type Bench } from './bench.ts'
import type { Contestant, RunningProxy } from './contestant.ts'
import { pinTo } from './cpu-time.ts'

export interface Lined {
  contestant: Contestant
  proxy: RunningProxy
}

/** Path prefixes that look like those of services. The competitors know this form. */
export function prefixesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/service-${index}/api`)
}

/** One path below each prefix. */
export function pathsOf(prefixes: readonly string[]): string[] {
  return prefixes.map((prefix, index) => `${prefix}/items/${index}`)
}

/** Starts the contestants before one origin, each on its CPU, and stops everything behind `use`. */
export async function withLineUp<T>(bench: Bench, options: { origin: () => Promise<RunningProxy>; contestants: readonly Contestant[]; prefixes: readonly string[] }, use: (lined: readonly Lined[]) => Promise<T>): Promise<T> {
  const started: RunningProxy[] = []
  try {
    const origin = await options.origin()
    started.push(origin)
    pinTo(LOAD_CPU, origin.pid)
    const lined: Lined[] = []
    for (const contestant of options.contestants) {
      bench.signal.throwIfAborted()
      const proxy = await contestant.start({ folder: bench.folder, originPort: origin.port, prefixes: options.prefixes.slice(0, contestant.mostRoutes) })
      started.push(proxy)
      pinTo(PROXY_CPU, proxy.pid)
      lined.push({ contestant, proxy })
    }
    return await use(lined)
  } finally {
    for (const one of started.toReversed()) await one.stop()
  }
}
