import http from 'node:http'

/** Outcomes of requests: how many of each, and how long the longest took. */
export interface Outcomes {
  /** By status and the gateway's code, such as "200" and "503 no_available_target", or by the client's error. */
  readonly counts: Record<string, number>
  longestMs: number
}

export interface OpenLoad {
  readonly outcomes: Outcomes
  /** Waits for the answers that are still to come. */
  stop(): Promise<Outcomes>
}

/** So many requests a second on kept connections, however long the answers take. `patienceMs`: then a request hangs. */
export function startOpenLoad(url: string, perSecond: number, patienceMs = 10_000): OpenLoad {
  const agent = new http.Agent({ keepAlive: true })
  const outcomes: Outcomes = { counts: {}, longestMs: 0 }
  const underWay = new Set<Promise<void>>()
  const send = async (): Promise<void> => {
    const from = performance.now()
    const outcome = await ask(url, agent, patienceMs)
    outcomes.counts[outcome] = (outcomes.counts[outcome] ?? 0) + 1
    outcomes.longestMs = Math.max(outcomes.longestMs, performance.now() - from)
  }
  const timer = setInterval(() => {
    const one = send().finally(() => underWay.delete(one))
    underWay.add(one)
  }, 1000 / perSecond)
  return {
    outcomes,
    async stop() {
      clearInterval(timer)
      await Promise.all(underWay)
      agent.destroy()
      return outcomes
    }
  }
}

/** The outcome of one request as in Outcomes.counts. */
export function ask(url: string, agent: http.Agent | false, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: patienceMs }, (response) => {
      response.resume()
      response.once('close', () => {
        const code = response.headers['x-gateway-error']
        resolve(`${response.statusCode}${code === undefined ? '' : ` ${String(code)}`}${response.complete ? '' : ' cut'}`)
      })
    })
    request.once('timeout', () => request.destroy(new Error('hangs')))
    request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
