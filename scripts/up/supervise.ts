/** One run of a service. */
export interface RunningService {
  /** Resolves when it has ended, with how ("exit code 1", "SIGKILL"). */
  exited: Promise<string>
  /** Asks it to end and waits; `force` ends it at once. */
  stop(force: boolean): Promise<void>
}

export interface ServiceSpec {
  name: string
  /** Starts it; resolves when it is ready, rejects when it does not get there. `started` is called as soon as it runs. */
  start(started: (service: RunningService) => void): Promise<void>
}

export interface Supervised {
  name: string
  stop(force: boolean): Promise<void>
}

export interface SuperviseOptions {
  say(line: string): void
  /** Milliseconds before the first restart; doubled for each further one, up to `maximumMs`. */
  delayMs?: number
  maximumMs?: number
}

// A service that ran this long starts with the short delay again.
const STEADY_MS = 60_000

/**
 * Starts a service and starts it again whenever it ends by itself. `onSupervised` is called before the first start,
 * so that it can be stopped while it starts. Rejects when the first start fails.
 */
export async function supervise(spec: ServiceSpec, onSupervised: (service: Supervised) => void, options: SuperviseOptions): Promise<void> {
  const stopping = new AbortController()
  let current: RunningService | null = null
  let starting: Promise<void> = Promise.resolve()

  const start = (): Promise<void> => {
    starting = spec.start((service) => {
      current = service
      if (stopping.signal.aborted) void service.stop(true)
    })
    return starting
  }
  onSupervised({
    name: spec.name,
    stop: async (force) => {
      stopping.abort()
      await current?.stop(force)
      await starting.catch(() => {})
    }
  })
  await start()
  void startAgain(() => current, start, spec.name, stopping.signal, options)
}

async function startAgain(
  current: () => RunningService | null,
  start: () => Promise<void>,
  name: string,
  stopping: AbortSignal,
  options: SuperviseOptions
): Promise<void> {
  for (let failures = 0; !stopping.aborted;) {
    const since = performance.now()
    let how = await current()?.exited ?? 'not started'
    if (performance.now() - since > STEADY_MS) failures = 0
    for (let isUp = false; !isUp && !stopping.aborted;) {
      const wait = Math.min((options.delayMs ?? 500) * 2 ** failures++, options.maximumMs ?? 30_000)
      options.say(`${name} ended (${how}); starting it again in ${wait / 1000} s`)
      await sleep(wait, stopping)
      if (stopping.aborted) return
      isUp = await start().then(() => true, (error: Error) => {
        how = error.message
        return false
      })
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
  })
}
