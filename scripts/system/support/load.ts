import http from 'node:http'
import type { Socket } from 'node:net'

/** What a steady load saw. */
export interface LoadReport {
  sent: number
  ok: number
  /** One line for each failed request, at most 20 kept. */
  failures: string[]
  failed: number
  /** When each failed one was sent and when it failed, by performance.now(). */
  failedAt: { sent: number; failed: number; failure: string }[]
  /** Keep-alive connections that the other side closed. */
  closedConnections: number
  /** How often each body was seen. */
  bodies: Map<string, number>
}

export interface Load {
  readonly report: LoadReport
  /** Stops sending and waits for the answers still open. */
  stop(): Promise<LoadReport>
}

export interface LoadOptions {
  url: string
  /** Requests each second, half of them on new connections unless `newConnections` says otherwise. */
  perSecond: number
  newConnections?: 'half' | 'all' | 'none'
  headers?: Record<string, string>
  keepAliveConnections?: number
  /** How long to wait for an answer; 10 s by default. */
  patienceMs?: number
}

/** Sends requests at a steady rate and counts every failure; it never retries. */
export function startLoad(options: LoadOptions): Load {
  const kept = new http.Agent({ keepAlive: true, maxSockets: options.keepAliveConnections ?? 8 })
  const report: LoadReport = { sent: 0, ok: 0, failures: [], failed: 0, failedAt: [], closedConnections: 0, bodies: new Map() }
  const open = new Set<Promise<void>>()
  const watched = new WeakSet<object>()
  const begin = performance.now()
  let stopped = false

  const send = (index: number) => {
    const fresh = options.newConnections === 'all' || (options.newConnections !== 'none' && index % 2 === 0)
    const done = sendOne(options, fresh ? null : kept, report, (socket) => {
      if (fresh || watched.has(socket)) return
      watched.add(socket)
      socket.once('close', () => {
        if (!stopped) report.closedConnections++
      })
    })
    open.add(done)
    void done.finally(() => open.delete(done))
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begin) / 1000) * options.perSecond)
    while (report.sent < due) send(report.sent++)
  }, 5)
  return {
    report,
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      stopped = true
      kept.destroy()
      return report
    }
  }
}

function sendOne(options: LoadOptions, agent: http.Agent | null, report: LoadReport, onSocket: (socket: Socket) => void): Promise<void> {
  const { patienceMs = 10_000 } = options
  const sent = performance.now()
  return new Promise((resolve) => {
    const finish = (failure?: string) => {
      if (failure === undefined) report.ok++
      else {
        report.failed++
        report.failedAt.push({ sent, failed: performance.now(), failure })
        if (report.failures.length < 20) report.failures.push(`${agent ? 'kept' : 'new'}: ${failure}`)
      }
      resolve()
    }
    const request = http.get(options.url, { agent: agent ?? false, headers: { ...options.headers, ...(agent ? {} : { connection: 'close' }) }, timeout: patienceMs })
    request.on('socket', onSocket)
    request.on('timeout', () => request.destroy(new Error(`no answer within ${patienceMs / 1000} s`)))
    request.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('error', () => {})
      response.on('close', () => {
        if (!response.complete) return finish('cut response')
        report.bodies.set(body, (report.bodies.get(body) ?? 0) + 1)
        finish(response.statusCode === 200 ? undefined : `status ${response.statusCode} ${response.headers['x-gateway-error'] ?? ''}`)
      })
    })
  })
}
