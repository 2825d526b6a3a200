import { buildConnector, Client } from 'undici'
import { isExpectedStatus } from '../../../shared/health/expected-status.ts'
import type { ProbePlan } from '../../../shared/health/probe-plan.ts'
import type { Probe } from '../../../shared/schema/target-health.ts'

const USER_AGENT = 'gateway-probe/1'
const MOST_BODY_BYTES = 65_536

/** The certificate that is shown to an https target. */
export interface ClientCertificate {
  cert: string
  key: string
}

/** Asks the target once, on a connection of its own: GET base address + path; redirects are not followed. Never rejects. */
export async function probeTarget(plan: ProbePlan, certificate: ClientCertificate | null): Promise<Probe> {
  const { active, tls } = plan
  const begunAt = performance.now()
  const ended = (outcome: Pick<Probe, 'ok' | 'status' | 'error'>): Probe => ({ at: Date.now(), ms: Math.round(performance.now() - begunAt), ...outcome })
  try {
    const status = await statusOf(plan, { rejectUnauthorized: tls.verify, ...(tls.serverName === undefined ? {} : { servername: tls.serverName }), ...(tls.caPem === undefined ? {} : { ca: tls.caPem }), ...certificate })
    return ended({ ok: isExpectedStatus(active.expectedStatuses, status), status, error: '' })
  } catch (error) {
    return ended({ ok: false, status: 0, error: messageOf(error, active.timeoutSeconds).slice(0, 200) })
  }
}

async function statusOf({ url, host, active }: ProbePlan, tls: object): Promise<number> {
  const base = new URL(url.replace(/^h2c:/, 'http:'))
  const timeout = active.timeoutSeconds * 1000
  const isH2c = url.startsWith('h2c:')
  const client = new Client(base.origin, {
    // https targets are offered HTTP/2, h2c ones are spoken to in it from the start.
    connect: isH2c ? { timeout } : connectorOf({ ...tls, timeout, preferH2: true }),
    h2Options: { useH2c: isH2c },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxHeaderSize: 16_384
  })
  try {
    const { statusCode, body } = await client.request({
      method: 'GET',
      path: base.pathname.replace(/\/$/, '') + active.path,
      headers: { 'user-agent': USER_AGENT, accept: '*/*', ...(host === '' ? {} : { host }) },
      signal: AbortSignal.timeout(timeout)
    })
    await body.dump({ limit: MOST_BODY_BYTES }).catch(() => {})
    return statusCode
  } finally {
    await client.destroy()
  }
}

/** The certificate is checked against the name that data nodes check: undici by itself takes that of the Host header. */
function connectorOf(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options)
  return (target, done) => connect({ ...target, servername: '' }, done)
}

function messageOf(error: unknown, timeoutSeconds: number): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'TimeoutError' || error.name === 'AbortError' ? `no answer within ${timeoutSeconds} s` : error.message
}
