import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../services/free-port.ts'
import { contentOf, testId } from '../../shared/testing/content.ts'
import { createNodePlace } from '../../workers/testing/data-node-process.ts'
import { startNodeApiServer } from '../../workers/testing/node-api-server.ts'
import { projectRoot } from '../project-root.ts'
import type { ProxyPlan, RunningProxy } from './contestant.ts'

/** Of the folder workers/testing/certificates: a key on P-256. */
export const CERTIFICATE = 'origin'
const IDLE_TIMEOUT_MS = 600_000

/** What requests must bring to the rich route. */
export const RICH_HEADERS = { 'X-Version': '3', 'X-Client': 'bench', 'X-Session-Key': 'client-7' }

/** What the rich route has besides its path. */
const RICH_ROUTE = {
  transforms: [{ PathRemovePrefix: '/service-0' }, { PathPrefix: '/v2' }, { RequestHeader: 'X-Via', Set: 'gateway' }, { RequestHeaderRemove: 'X-Drop' }, { ResponseHeader: 'X-Served-By', Set: 'gateway', When: 'Always' }],
  upstreamId: testId(2)
}
const RICH_RULES = [{ name: 'X-Version', values: ['2', '3'] }, { name: 'X-Client', mode: 'Exists' }]

/** A data node of one thread with every preset of the product, and a route for each path prefix, applied. */
export function startBenchedGateway(plan: ProxyPlan): Promise<RunningProxy> {
  return startGateway(plan, {})
}

/** As startBenchedGateway; the first route has five transforms, two header rules, and an upstream with affinity. */
export function startRichGateway(plan: ProxyPlan): Promise<RunningProxy> {
  return startGateway(plan, { isRich: true })
}

/** Who issues the tokens of the guarded gateway. */
export const BENCH_ISSUER = 'https://bench.example/'

/** As startBenchedGateway; every route asks for a token with a scope, and has a limit that nobody meets. `key`: JWK of the tokens. */
export function startGuardedGateway(key: string): (plan: ProxyPlan) => Promise<RunningProxy> {
  return (plan) => startGateway(plan, { guardedBy: key })
}

const GUARDED_ROUTE = { authorizationPolicy: 'tokens', rateLimiterPolicy: 'often' }
const POLICIES = [
  { name: 'tokens', authorization: { jwt: { requiredScopes: ['read'] } } },
  { name: 'often', rateLimiter: { limit: 1_000_000, windowSeconds: 1, key: 'ip' } }
]

/** As startBenchedGateway, with TLS 1.3 and HTTP/2 where the client wants it. */
export function startSecureGateway(plan: ProxyPlan): Promise<RunningProxy> {
  return startGateway(plan, { isSecure: true })
}

async function startGateway({ originPort, prefixes }: ProxyPlan, { isRich = false, isSecure = false, guardedBy = '' }): Promise<RunningProxy> {
  const api = await startNodeApiServer()
  const place = await createNodePlace(api.url)
  const stop = async (): Promise<void> => {
    await place.clear()
    await api.stop()
  }
  try {
    const port = isSecure ? await freePort() : place.ports.from
    const node = await place.start({ THREADS: '1', LOG_LEVEL: 'warn', ORPHAN_SECONDS: '1', ...(isSecure ? { HTTPS_PORT_RANGE: `${port}-${port}` } : {}) })
    if (isSecure) api.setCertificates({ [testId(1)]: CERTIFICATE })
    const ack = await api.publishAndWait(contentOf({
      listeners: [{ port, limits: { idleTimeoutMs: IDLE_TIMEOUT_MS }, ...(isSecure ? { protocol: 'https', tlsPolicyId: testId(1) } : {}) }],
      ...(guardedBy === '' ? {} : { policies: POLICIES, providers: [{ issuer: BENCH_ISSUER, key: guardedBy }] }),
      tlsPolicies: isSecure ? [{ defaultCertificateId: testId(1) }] : [],
      upstreams: [
        { targets: [{ id: 'origin', address: `http://127.0.0.1:${originPort}` }] },
        { targets: ['a', 'b', 'c'].map((id) => ({ id, address: `http://127.0.0.1:${originPort}` })), sessionAffinity: { enabled: true, policy: 'Hash' } }
      ],
      routes: prefixes.map((value, index) => ({ name: value, match: { path: { type: 'prefix', value }, ...(isRich && index === 0 ? { headers: RICH_RULES } : {}) }, ...(isRich && index === 0 ? RICH_ROUTE : {}), ...(guardedBy === '' ? {} : GUARDED_ROUTE) }))
    }))
    if (ack.result !== 'applied') throw new Error(`the benchmark's configuration was ${ack.result}: ${JSON.stringify([...ack.issues, ...ack.threads])}`)
    return { port, pid: node.pid, workerPid: node.workers()[0] ?? node.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export function gatewayVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  try {
    return `${version} (${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot, encoding: 'utf8' }).trim()})`
  } catch {
    return version
  }
}
