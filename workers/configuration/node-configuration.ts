import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import { RouteOrder } from '../../shared/routing/route-order.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { Snapshot, SnapshotContent } from '../../shared/schema/snapshot.ts'
import { type NodeSlots, type Slots, targetKey } from '../state/node-slots.ts'
import { splitParts } from './split-parts.ts'
import type { DisabledRoute, PlacedListener, PlacedUpstream } from './runtime-part.ts'

/** A configuration that threads can be given: as what changed since another one, or whole. */
export interface PlannedConfiguration {
  /** Counts up; a thread that has `base` needs only the changes. */
  readonly number: number
  readonly base: number | null
  readonly desired: Desired
  readonly slots: Slots
  /** Every route that is served, by its id. */
  readonly routes: ReadonlyMap<string, RankedRoute>
  /** JSON of RuntimeParts. */
  changes(): string[]
  whole(): string[]
}

/** By kind, then by id: resources of two kinds may have the same id. */
interface Texts {
  readonly upstreams: ReadonlyMap<string, string>
  readonly routes: ReadonlyMap<string, string>
  readonly policies: ReadonlyMap<string, string>
}

interface Known {
  readonly number: number
  readonly content: SnapshotContent
  /** JSON of each resource. */
  readonly texts: Texts
  readonly ranked: ReadonlyMap<string, RankedRoute>
}

/**
 * The configuration of a node, as its threads get it. Finds out what changed, so that a thread compiles only that. Kept by
 * the worker process, whose main thread serves no request.
 */
export class NodeConfiguration {
  readonly #slots: NodeSlots
  #order = new RouteOrder()
  #current: Known | null = null
  #planned: Known | null = null
  #next = 1

  constructor(slots: NodeSlots) {
    this.#slots = slots
  }

  /** Plans the next configuration. One that was planned and not committed is forgotten. */
  plan(snapshot: Snapshot): PlannedConfiguration {
    if (this.#planned !== null) this.forget()
    const base = this.#current
    const { content, epoch, revision, sha256 } = snapshot
    const texts = textsOf(content)
    const isChanged = (kind: keyof Texts) => ({ id }: { id: string }): boolean => base?.texts[kind].get(id) !== texts[kind].get(id)
    const removedRoutes = removedOf(base?.content.routes, texts.routes)
    const changedRoutes = content.routes.filter(isChanged('routes'))
    const { ranked: fresh, renumbered } = this.#order.replace({ removed: removedRoutes, upserted: changedRoutes })
    const ranked = rankedAfter(renumbered ? null : base, content, texts.routes, fresh)
    const planned: Known = { number: this.#next++, content, texts, ranked }
    this.#planned = planned
    const slots = this.#slots.assign(snapshot)
    const placed = placedUpstreams(content, slots)
    const listeners = placedListeners(content, slots)
    const { providers } = content
    const hasNewProviders = JSON.stringify(base?.content.providers) !== JSON.stringify(providers)
    return {
      number: planned.number,
      base: base?.number ?? null,
      desired: { epoch, revision, sha256 },
      slots,
      routes: ranked,
      changes: () => splitParts({
        upstreams: placed.filter(({ value }) => isChanged('upstreams')(value)),
        removedUpstreams: removedOf(base?.content.upstreams, texts.upstreams),
        policies: content.policies.filter(isChanged('policies')),
        removedPolicies: removedOf(base?.content.policies, texts.policies),
        routes: fresh,
        // A route that is no longer served, for being disabled, is gone for the threads.
        removedRoutes: [...removedRoutes, ...changedRoutes.filter(({ id }) => !ranked.has(id)).map(({ id }) => id)],
        disabledRoutes: disabledOf(changedRoutes, ranked),
        listeners,
        ...hasNewProviders ? { providers } : {}
      }),
      whole: () => splitParts({ upstreams: placed, policies: content.policies, routes: [...ranked.values()], disabledRoutes: disabledOf(content.routes, ranked), listeners, providers })
    }
  }

  /** What was planned is served from now on. */
  commit(): void {
    if (this.#planned === null) return
    this.#current = this.#planned
    this.#planned = null
  }

  /** What was planned is not served. The order has moved on, so that the next one is given whole. */
  forget(): void {
    if (this.#planned === null) return
    this.#planned = null
    this.#current = null
    this.#order = new RouteOrder()
  }
}

function textsOf({ upstreams, routes, policies }: SnapshotContent): Texts {
  const of = (resources: readonly { id: string }[]): Map<string, string> => new Map(resources.map((resource) => [resource.id, JSON.stringify(resource)]))
  return { upstreams: of(upstreams), routes: of(routes), policies: of(policies) }
}

function removedOf(before: readonly { id: string }[] | undefined, texts: ReadonlyMap<string, string>): string[] {
  return (before ?? []).filter(({ id }) => !texts.has(id)).map(({ id }) => id)
}

/** The routes that are served, with their ranks. */
function rankedAfter(base: Known | null, content: SnapshotContent, texts: ReadonlyMap<string, string>, fresh: readonly RankedRoute[]): Map<string, RankedRoute> {
  const changed = new Map(fresh.map((ranked) => [ranked.route.id, ranked]))
  const ranked = new Map<string, RankedRoute>()
  for (const { id } of content.routes) {
    const isSame = base?.texts.routes.get(id) === texts.get(id)
    const found = changed.get(id) ?? (isSame ? base?.ranked.get(id) : undefined)
    if (found !== undefined) ranked.set(id, found)
  }
  return ranked
}

function disabledOf(routes: SnapshotContent['routes'], ranked: ReadonlyMap<string, RankedRoute>): DisabledRoute[] {
  return routes.filter(({ id }) => !ranked.has(id)).map(({ id, onRemove }) => ({ id, onRemove }))
}

function placedUpstreams(content: SnapshotContent, slots: Slots): PlacedUpstream[] {
  return content.upstreams.map((value, at) => ({
    value,
    at,
    row: slots.upstreams.get(value.id) ?? -1,
    targetRows: value.targets.map((target) => slots.targets.get(targetKey(value.id, target.id)) ?? -1)
  }))
}

function placedListeners(content: SnapshotContent, slots: Slots): PlacedListener[] {
  const policies = new Map(content.tlsPolicies.map((policy) => [policy.id, policy]))
  return content.listeners.map((value) => ({ value, tlsPolicy: policies.get(value.tlsPolicyId ?? '') ?? null, row: slots.listeners.get(value.id) ?? -1 }))
}
