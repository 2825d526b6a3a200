import { isTakenOut } from '../../http1/field-kind.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { Policy } from '../../schema/policy.ts'
import type { Route } from '../../schema/route.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

type Finding = [field: string, message: string]

/** Warns of values that are allowed but can hardly mean what they say. */
export function cannotMeanThat({ listeners, routes, policies }: SnapshotContent): Issue[] {
  const atListeners = listeners.flatMap(({ name, tenantHeader, trustedProxies }, index) => tenantHeader.acceptFrom === 'trustedProxies' && trustedProxies.length === 0
    ? [warningIssue(`/listeners/${index}/tenantHeader/acceptFrom`, 'cannot_mean_that', `listener "${name}" has no trustedProxies, so nobody's tenant header is taken; name them, or write nobody`)]
    : [])
  const atRoutes = routes.flatMap((route, index) => [...pathFindings(route), ...ruleFindings(route), ...actionFindings(route)].map(([field, message]) => warningIssue(`/routes/${index}/${field}`, 'cannot_mean_that', `route "${route.name}": ${message}`)))
  const atPolicies = policies.flatMap((policy, index) => addressFindings(policy).map(([field, message]) => warningIssue(`/policies/${index}/authorization/${field}`, 'cannot_mean_that', `policy "${policy.name}": ${message}`)))
  return [...atListeners, ...atRoutes, ...atPolicies]
}

const ALL_OF_IPV4 = /^[\d.]+\/0$/
const ALL_OF_IPV6 = /:.*\/0$/

/** Whoever names all addresses of one family may mean everybody. */
function addressFindings({ authorization }: Policy): Finding[] {
  return (['ipAllow', 'ipDeny'] as const).flatMap((field): Finding[] => {
    const ranges = authorization?.[field] ?? []
    const [v4, v6] = [ALL_OF_IPV4, ALL_OF_IPV6].map((all) => ranges.findIndex((range) => all.test(range))) as [number, number]
    if ((v4 === -1) === (v6 === -1)) return []
    return [v4 === -1 ? [`${field}/${v6}`, `${ranges[v6]} is every IPv6 address and no IPv4 one; where everybody is meant, add 0.0.0.0/0`] : [`${field}/${v4}`, `${ranges[v4]} is every IPv4 address and no IPv6 one; where everybody is meant, add ::/0`]]
  })
}

function pathFindings({ match: { path, hosts } }: Route): Finding[] {
  const findings: Finding[] = []
  if (hosts.length > 1 && hosts.includes('*')) findings.push([`match/hosts/${hosts.indexOf('*')}`, 'the host * takes every host, so the others mean nothing'])
  if (path === undefined) return findings
  const { type, value } = path
  if ((type === 'exact' || type === 'prefix') && value.includes('{')) findings.push(['match/path/value', `a path of type ${type} takes { as it is; use type pattern for values`])
  if ((type === 'exact' || type === 'prefix') && value.includes('*')) findings.push(['match/path/value', `a path of type ${type} takes * as it is; use type prefix for everything below, or pattern`])
  if (type === 'regex' && /^\^?[0-9A-Za-z]/.test(value)) findings.push(['match/path/value', 'every path begins with /, and an expression has to fit the whole of it: this one never does'])
  return findings
}

function ruleFindings({ match: { headers, query } }: Route): Finding[] {
  return [
    ...headers.flatMap(({ name }, index): Finding[] => (isTakenOut(name) ? [[`match/headers/${index}/name`, `${name} is taken out of a request before routes are looked for, so this rule never sees it; take the rule out`]] : [])),
    ...query.flatMap(({ name }, index): Finding[] => (/[?&=]/.test(name) ? [[`match/query/${index}/name`, `"${name}" is the name of no parameter; name and value are two fields`]] : []))
  ]
}

function actionFindings(route: Route): Finding[] {
  const { redirect, respond, split, mirror, upstreamId } = route
  const findings: Finding[] = redirect === undefined ? [] : redirectFindings(redirect.to, route.match.path)
  if (respond !== undefined && (respond.status === 204 || respond.status === 304) && respond.body !== '') findings.push(['respond/body', `an answer with status ${respond.status} has no body`])
  if (mirror !== undefined && [upstreamId, ...(split ?? []).map((share) => share.upstreamId)].includes(mirror.upstreamId)) findings.push(['mirror/upstreamId', 'the mirror is the upstream itself, which gets every request twice'])
  return findings
}

function redirectFindings(to: string, path: Route['match']['path']): Finding[] {
  const findings: Finding[] = []
  const isLoop = /^\{path\}(\{query\})?$/.test(to) || (path?.type === 'exact' && to.replace(/\{query\}$/, '') === path.value)
  if (isLoop) findings.push(['redirect/to', 'it sends every client to where it came from'])
  for (const [braces] of to.matchAll(/\{[^{}]*\}/g)) if (!['{path}', '{query}', '{host}'].includes(braces)) findings.push(['redirect/to', `${braces} is sent as it is; only {path}, {query} and {host} are filled in`])
  if (/^[^/{?#:]+\.[^/{?#:]+(?:[/:?#{]|$)/.test(to)) findings.push(['redirect/to', `"${to}" leads to a path below that of the request; write https:// before a name`])
  return findings
}
