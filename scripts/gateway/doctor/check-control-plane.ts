import type { CertificateItem } from '../../../shared/schema/certificate.ts'
import type { ApiClient } from '../api-client.ts'
import type { NodeItem } from '../commands/nodes.ts'
import { Failure } from '../failure.ts'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

/** Dates of certificates and tokens, and the order of the audit, are read by the clock. */
const SKEW_WARNING_MS = 2_000
const SKEW_ERROR_MS = 30_000

interface Readiness { status: string; database: string; redis: string }

/** The control plane as it is reached from here: ready, its clock, its nodes and certificates. */
export async function checkControlPlane(api: ApiClient, hasToken: boolean): Promise<Finding[]> {
  let response: Response
  const askedAt = Date.now()
  try {
    response = await api.probe('/readyz')
  } catch (error) {
    return [wrong('control plane', (error as Error).message, 'start control-web, or set GATEWAY_URL to where it is')]
  }
  const findings = [...await readiness(api, response), clockFinding(response, askedAt, Date.now())]
  if (!hasToken) return [...findings, skipped('nodes and certificates', 'GATEWAY_TOKEN is not set')]
  try {
    const [nodes, certificates] = await Promise.all([api.all<NodeItem>('/nodes'), api.all<CertificateItem>('/certificates')])
    return [...findings, ...nodeFindings(nodes), ...certificateFindings(certificates)]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [...findings, wrong('nodes and certificates', error.message, 'see the line before')]
  }
}

async function readiness(api: ApiClient, response: Response): Promise<Finding[]> {
  const isPlain = api.url.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(api.url)
  const transport = isPlain ? [warning('transport', `${api.url} is not encrypted`, 'put the control plane behind TLS: tokens cross the network readable')] : []
  let state: Readiness
  try {
    state = await response.json() as Readiness
  } catch {
    return [wrong('control plane', `${api.url} answered ${response.status} with something else`, 'set GATEWAY_URL to the control plane')]
  }
  if (state.status === 'ok') return [...transport, ok('control plane', `${api.url} is ready`)]
  if (state.status === 'degraded') return [...transport, warning('control plane', 'it cannot reach Redis', 'see REDIS_URL of control-web; nodes find publishes by polling meanwhile')]
  return [...transport, wrong('control plane', `it is not ready (database ${state.database}, Redis ${state.redis})`, 'see DATABASE_URL of control-web and its log')]
}

/** HTTP dates have whole seconds, and the answer was made at some moment between the two. */
function clockFinding(response: Response, askedAt: number, answeredAt: number): Finding {
  const date = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(date)) return skipped('clock', 'the control plane did not tell its time')
  const skew = date > answeredAt ? date - answeredAt : date + 1000 < askedAt ? date + 1000 - askedAt : 0
  const found = skew === 0 ? 'that of the control plane' : `${Math.abs(skew / 1000).toFixed(1)} s ${skew > 0 ? 'behind' : 'ahead of'} the control plane`
  if (Math.abs(skew) > SKEW_ERROR_MS) return wrong('clock', found, 'set the clock (chrony, systemd-timesyncd)')
  return Math.abs(skew) > SKEW_WARNING_MS ? warning('clock', found, 'set the clock (chrony, systemd-timesyncd)') : ok('clock', found)
}

function nodeFindings(nodes: readonly NodeItem[]): Finding[] {
  if (nodes.length === 0) return [warning('data nodes', 'none is enrolled', 'gateway nodes enroll NAME')]
  const troubled = nodes.flatMap((node) => {
    if (!node.online) return [warning(`data node ${node.id}`, `not heard of since ${node.lastHeartbeatAt ?? 'it was enrolled'}`, 'start it, or: gateway nodes revoke')]
    const ports = node.heartbeat?.ports.filter(({ state }) => state === 'port_in_use' || state === 'failed') ?? []
    return [
      ...node.behind ? [warning(`data node ${node.id}`, `serves ${node.serving?.revision ?? 'nothing'}, should serve ${node.desired?.revision ?? 'nothing'}`, `gateway nodes show ${node.id}, and its log`)] : [],
      ...ports.map(({ port, state, error }) => wrong(`data node ${node.id}`, `port ${port}: ${error ?? state}`, `there: ss -ltnp 'sport = :${port}'`))
    ]
  })
  return troubled.length > 0 ? troubled : [ok('data nodes', `${nodes.length} up to date`)]
}

function certificateFindings(certificates: readonly CertificateItem[]): Finding[] {
  const troubled = certificates.filter(({ status }) => status !== 'valid').map(({ name, status, notAfter, source }) => {
    const fix = source === 'acme' ? 'gateway certificates list tells how its order does' : `gateway certificates upload "${name}" --replace ...`
    return status === 'expired' ? wrong(`certificate ${name}`, `expired at ${notAfter}`, fix) : warning(`certificate ${name}`, `${status.replaceAll('_', ' ')}, until ${notAfter}`, fix)
  })
  return troubled.length > 0 ? troubled : [ok('certificates', `${certificates.length} valid`)]
}
