import { hashAffinity } from '../affinity/hash-affinity.ts'
import { keyHashOf } from '../affinity/rendezvous.ts'
import { redirectLocation } from '../routing/redirect-location.ts'
import { stickyFraction } from '../routing/sticky-fraction.ts'
import type { ExplainedAction, ExplainedTarget, ExplainedUpstream } from '../schema/explain.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import type { Target, Upstream } from '../schema/upstream.ts'
import type { OperatedUpstream } from './operated-upstreams.ts'

/** What of a request decides where it goes. */
export interface GoingRequest {
  readonly host: string
  readonly path: string
  readonly query: string
  readonly fields: string
  readonly user: string
  readonly tenant: string
  readonly clientAddress: string
}

type Balancing = Upstream['loadBalancing']

const HOW: Readonly<Record<Balancing, string>> = {
  PowerOfTwoChoices: 'of two targets drawn at random, the one with fewer requests in flight',
  LeastRequests: 'the target with the fewest requests in flight',
  RoundRobin: 'one target after the other',
  WeightedRoundRobin: 'one target after the other, by weight',
  Random: 'any target, each as likely as its weight',
  FirstAlphabetical: 'the target whose id comes first; the others are spares'
}

/** What the route does with the request. Health of targets is not looked at: all enabled ones that nobody took out count as available. */
export function explainAction(route: Identified<Route>, upstreams: ReadonlyMap<string, OperatedUpstream>, request: GoingRequest): ExplainedAction {
  const { maintenance, redirect, respond } = route
  const own = { location: '', upstreams: [], mirror: null }
  if (maintenance.enabled) return { kind: 'maintenance', status: maintenance.status, ...own }
  if (redirect !== undefined) return { kind: 'redirect', status: redirect.status, ...own, location: redirectLocation(redirect.to, request.host, request.path, request.query) }
  if (respond !== undefined) return { kind: 'respond', status: respond.status, ...own }
  const shares = route.split ?? [{ upstreamId: route.upstreamId ?? '', weight: 1 }]
  const chosen = chosenShare(route, shares, request.clientAddress)
  const total = shares.reduce((sum, { weight }) => sum + weight, 0)
  return {
    kind: 'upstream',
    status: 0,
    location: '',
    upstreams: shares.flatMap(({ upstreamId, weight }, index) => {
      const upstream = upstreams.get(upstreamId)
      return upstream === undefined ? [] : [explainUpstream(upstream, route.loadBalancing ?? upstream.loadBalancing, weight / total, index === chosen, request)]
    }),
    mirror: route.mirror ?? null
  }
}

/** Which share gets the request for certain; -1: chance decides. */
function chosenShare({ id, splitSticky }: Identified<Route>, shares: readonly { weight: number }[], clientAddress: string): number {
  if (shares.length === 1) return 0
  if (!splitSticky) return -1
  let drawn = stickyFraction(id, clientAddress) * shares.reduce((sum, { weight }) => sum + weight, 0)
  return shares.findIndex(({ weight }) => (drawn -= weight) < 0)
}

function explainUpstream(upstream: OperatedUpstream, balancing: Balancing, share: number, isChosen: boolean, request: GoingRequest): ExplainedUpstream {
  const { id, name, targets, sessionAffinity } = upstream
  const usable = upstream.enabled ? targets.filter((target) => target.enabled && !target.takenOut) : []
  const bound = boundTarget(upstream, usable, request)
  const first = balancing === 'FirstAlphabetical' ? usable.toSorted((a, b) => (a.id.toUpperCase() < b.id.toUpperCase() ? -1 : 1))[0] : undefined
  const certain = bound?.id ?? first?.id ?? (usable.length === 1 ? usable[0]!.id : '')
  return {
    upstreamId: id,
    name,
    share,
    isChosen,
    balancing,
    why: usable.length === 0 ? 'no target is enabled and not taken out: 503' : bound !== null ? `bound by ${bound.by}: every node finds the same target` : `${affinityNote(sessionAffinity)}${HOW[balancing]}`,
    targets: targets.map((target): ExplainedTarget => ({
      targetId: target.id,
      address: target.address,
      enabled: upstream.enabled && target.enabled,
      takenOut: target.takenOut,
      weight: target.weight,
      share: !usable.includes(target) ? 0 : certain === '' ? shareOf(balancing, target, usable) : Number(certain === target.id),
      isChosen: certain === target.id
    }))
  }
}

/** The target that Hash affinity binds the request to; null when it does not. */
function boundTarget({ sessionAffinity }: Upstream, usable: readonly Target[], { user, tenant, fields }: GoingRequest): { id: string; by: string } | null {
  if (!sessionAffinity.enabled || sessionAffinity.policy !== 'Hash') return null
  const seats = usable.map(({ id, weight }) => ({ id, weight, inFlight: 0, idHash: keyHashOf(id) }))
  const { target } = hashAffinity(sessionAffinity).find({ user, tenant, fields }, seats)
  if (target === null) return null
  return { id: target.id, by: user !== '' ? `the user ${user}` : tenant !== '' ? `the tenant ${tenant}` : `the header ${sessionAffinity.keyName}` }
}

function affinityNote({ enabled, policy, keyName }: Upstream['sessionAffinity']): string {
  if (!enabled) return ''
  return policy === 'Hash' ? 'there is no key to bind it by, so ' : `where its ${policy === 'CustomHeader' ? 'header' : 'cookie'} ${keyName} says, if it has one; else `
}

function shareOf(balancing: Balancing, target: Target, usable: readonly Target[]): number | null {
  if (balancing === 'PowerOfTwoChoices' || balancing === 'LeastRequests') return null
  if (balancing === 'RoundRobin') return 1 / usable.length
  return target.weight / usable.reduce((sum, { weight }) => sum + weight, 0)
}
