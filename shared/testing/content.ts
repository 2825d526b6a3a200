import type { Decoded } from '../schema/issue.ts'
import type { Listener } from '../schema/listener.ts'
import { type Policy, POLICY_KINDS } from '../schema/policy.ts'
import type { Provider } from '../schema/provider.ts'
import type { Route } from '../schema/route.ts'
import type { Identified, SnapshotContent } from '../schema/snapshot.ts'
import type { TlsPolicy } from '../schema/tls-policy.ts'
import type { Upstream } from '../schema/upstream.ts'
import { decodeListener, decodePolicy, decodeProvider, decodeRoute, decodeTlsPolicy, decodeUpstream } from '../snapshot/decode-resource.ts'

/** A readable id: testId(7) ends in 7; smaller numbers are smaller ids. */
export function testId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

/** Input of a resource, and the number of its id (else its place, counted from 1). */
export type Given = Record<string, unknown> & { number?: number }

/** A listener on port 8080 with what is given, decoded. */
export function listenerOf(given: Given = {}, place = 1): Identified<Listener> {
  const { number = place, ...fields } = given
  return { id: testId(number), ...decoded(decodeListener({ name: `listener ${number}`, protocol: 'http', port: 8080, ...fields })) }
}

/** An upstream with one target, decoded. */
export function upstreamOf(given: Given = {}, place = 1): Identified<Upstream> {
  const { number = place, ...fields } = given
  return { id: testId(number), ...decoded(decodeUpstream({ name: `upstream ${number}`, targets: [{ id: 'a', address: 'http://127.0.0.1:9001' }], ...fields })) }
}

/** A global route to upstream 1, decoded. */
export function routeOf(given: Given = {}, place = 1): Identified<Route> {
  const { number = place, ...fields } = given
  const isAction = ['split', 'redirect', 'respond'].some((action) => action in fields)
  const scope = 'tenantCode' in fields ? {} : { isGlobal: true }
  return { id: testId(number), ...decoded(decodeRoute({ name: `route ${number}`, ...scope, ...(isAction ? {} : { upstreamId: testId(1) }), ...fields })) }
}

/** An identity provider whose keys are at a URL, decoded. */
export function providerOf(given: Given = {}, place = 1): Identified<Provider> {
  const { number = place, ...fields } = given
  const key = 'key' in fields ? {} : { jwksUrl: 'http://127.0.0.1:9002/jwks' }
  return { id: testId(number), ...decoded(decodeProvider({ name: `provider ${number}`, issuer: `https://issuer-${number}.example`, audiences: ['gateway'], ...key, ...fields })) }
}

/** A TLS policy with one certificate, decoded. */
export function tlsPolicyOf(given: Given = {}, place = 1): Identified<TlsPolicy> {
  const { number = place, ...fields } = given
  return { id: testId(number), ...decoded(decodeTlsPolicy({ name: `TLS policy ${number}`, certificateIds: [testId(1)], ...fields })) }
}

/** A policy; one that lets everybody in unless it is about something else, decoded. */
export function policyOf(given: Given = {}, place = 1): Identified<Policy> {
  const { number = place, ...fields } = given
  const about = POLICY_KINDS.some((kind) => kind in fields) ? {} : { authorization: { anonymous: true } }
  return { id: testId(number), ...decoded(decodePolicy({ name: `policy ${number}`, ...about, ...fields })) }
}

/** A configuration with listener 1 and upstream 1 unless others are given. */
export function contentOf(given: { listeners?: Given[]; upstreams?: Given[]; routes?: Given[]; providers?: Given[]; tlsPolicies?: Given[]; policies?: Given[] } = {}): SnapshotContent {
  const { listeners = [{}], upstreams = [{}], routes = [], providers = [], tlsPolicies = [], policies = [] } = given
  return {
    listeners: listeners.map((fields, index) => listenerOf(fields, index + 1)),
    upstreams: upstreams.map((fields, index) => upstreamOf(fields, index + 1)),
    routes: routes.map((fields, index) => routeOf(fields, index + 1)),
    providers: providers.map((fields, index) => providerOf(fields, index + 1)),
    tlsPolicies: tlsPolicies.map((fields, index) => tlsPolicyOf(fields, index + 1)),
    policies: policies.map((fields, index) => policyOf(fields, index + 1))
  }
}

function decoded<T>(result: Decoded<T>): T {
  if (!result.ok) throw new Error(`the test's input is wrong: ${JSON.stringify(result.issues)}`)
  return result.value
}
