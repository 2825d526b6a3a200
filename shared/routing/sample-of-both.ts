import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import { canonicalRule } from './rules/canonical-rule.ts'
import { type SampleRequest, sampleRequests } from './sample-request.ts'

/** Samples of the two routes together that are made. */
const MOST = 4

/** A request that may fit both routes, to be confirmed by the matcher; null when none comes to mind. */
export function sampleOfBoth(one: Identified<Route>, other: Identified<Route>, listeners: readonly Identified<Listener>[]): SampleRequest | null {
  const methods = one.match.methods.filter((method) => other.match.methods.length === 0 || other.match.methods.includes(method))
  if (one.match.methods.length > 0 && methods.length === 0) return null
  const path = pathOfBoth(one.match.path, other.match.path)
  const headers = rulesOfBoth(one.match.headers, other.match.headers)
  const query = rulesOfBoth(one.match.query, other.match.query)
  if (path === null || headers === null || query === null) return null
  const listenerIds = other.listenerIds.length === 0 ? one.listenerIds : one.listenerIds.length === 0 ? other.listenerIds : one.listenerIds.filter((id) => other.listenerIds.includes(id))
  const both = { ...one, listenerIds, match: { ...one.match, methods: one.match.methods.length > 0 ? methods : other.match.methods, path, headers, query } } as Identified<Route>
  const [sample] = sampleRequests(both, listeners, MOST)
  return sample ?? null
}

/** A path criterion that is a part of both, where both are patterns: each segment as the one says that says more. Else the first. */
function pathOfBoth(one: Route['match']['path'], other: Route['match']['path']): Route['match']['path'] | null {
  if (one?.type === 'regex' || other?.type === 'regex') return null
  if (one?.type !== 'pattern' || other?.type !== 'pattern') return one
  const [left, right] = [one.value.split('/'), other.value.split('/')]
  const segments = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const [mine = '', theirs = ''] = [left[index], right[index]]
    return mine.includes('{') && theirs !== '' ? theirs : mine
  })
  return { ...one, value: segments.join('/') }
}

/** All rules of both; null when they say two things about one name: what fits both is then far-fetched. */
function rulesOfBoth<T extends Parameters<typeof canonicalRule>[0]>(one: readonly T[], other: readonly T[]): T[] | null {
  const rules = new Map(one.map((rule) => [rule.name.toLowerCase(), rule]))
  for (const rule of other) {
    const known = rules.get(rule.name.toLowerCase())
    if (known !== undefined && canonicalRule(known) !== canonicalRule(rule)) return null
    rules.set(rule.name.toLowerCase(), rule)
  }
  return [...rules.values()]
}
