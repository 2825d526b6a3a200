import http from 'node:http'

export interface LoadReport {
  sent: number
  ok: number
  /** What went wrong, counted. */
  failures: Record<string, number>
}

export interface SteadyLoad {
  readonly report: LoadReport
  stop(): Promise<LoadReport>
}

/** Requests in closed loops, each with the next one as soon as it was answered. Nothing is tried twice. */
export function startLoad(url: string, loops: { fresh?: number; kept?: number }): SteadyLoad {
  const report: LoadReport = { sent: 0, ok: 0, failures: {} }
  const agent = new http.Agent({ keepAlive: true, maxSockets: loops.kept ?? 0 })
  let stopped = false
  const loop = async (kept: boolean): Promise<void> => {
    while (!stopped) {
      report.sent++
      const outcome = await send(url, kept ? agent : false)
      if (outcome === null) report.ok++
      else report.failures[outcome] = (report.failures[outcome] ?? 0) + 1
      // A refused connection fails at once; the loop must not spin on it.
      if (outcome !== null) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const running = [...Array.from({ length: loops.fresh ?? 0 }, () => loop(false)), ...Array.from({ length: loops.kept ?? 0 }, () => loop(true))]
  return {
    report,
    async stop() {
      stopped = true
      await Promise.all(running)
      agent.destroy()
      return report
    }
  }
}

/** Null for a whole 200, else what happened. */
function send(url: string, agent: http.Agent | false): Promise<string | null> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: 10_000 }, (response) => {
      response.resume()
      response.once('close', () => resolve(response.statusCode === 200 && response.complete ? null : `status ${response.statusCode}${response.complete ? '' : ' cut'}`))
    })
    request.once('timeout', () => request.destroy(new Error('no answer in 10 s')))
    request.once('error', (error: NodeJS.ErrnoException) => resolve(`${agent ? 'kept' : 'fresh'} ${error.code ?? error.message}`))
  })
}

/** 'serves', or the code of the error with which a new connection ends; a hang is 'hangs'. */
export async function portState(port: number, host = '127.0.0.1'): Promise<string> {
  try {
    const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) })
    await response.text()
    return response.status === 200 ? 'serves' : `status ${response.status}`
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return 'hangs'
    return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? String(error)
  }
}
