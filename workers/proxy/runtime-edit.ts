import { emptyRoutes } from '../../shared/routing/compiled-routes.ts'
import { editRoutes, type RouteEdit } from '../../shared/routing/edit-routes.ts'
import type { Issue } from '../../shared/schema/issue.ts'
import type { OnRemove } from '../../shared/schema/route.ts'
import type { RuntimePart } from '../configuration/runtime-part.ts'
import { buildIdentity, type Identity, NO_IDENTITY } from '../identity/build-identity.ts'
import { buildAdmission } from '../policies/build-admission.ts'
import { buildPolicy } from '../policies/build-policy.ts'
import { findRuntimePolicy } from '../policies/find-runtime-policy.ts'
import type { RuntimePolicy } from '../policies/runtime-policy.ts'
import { buildListener } from './build-listener.ts'
import { buildRoute } from './build-route.ts'
import { buildUpstream } from './build-upstream.ts'
import { destinationsOf, endpointKey, type Runtime, type RuntimeListener, type RuntimeRoute, type RuntimeUpstream } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

const NOTHING: Runtime = { revision: 0, routes: emptyRoutes(), actions: [], removed: new Map(), upstreams: new Map(), policies: new Map(), listeners: new Map(), getsByAcme: false, identity: NO_IDENTITY }

/**
 * Builds the Runtime that follows another one, part by part, while that one serves. What no part names is taken over
 * as it is.
 */
export class RuntimeEdit {
  readonly #thread: ThreadContext
  readonly #revision: number
  readonly #routes: RouteEdit
  readonly #upstreams: Map<string, RuntimeUpstream>
  readonly #changedUpstreams = new Set<string>()
  readonly #policies: Map<string, RuntimePolicy>
  #hasOtherPolicies = false
  readonly #actions: (RuntimeRoute | null)[]
  readonly #removed = new Map<string, OnRemove>()
  #listeners: ReadonlyMap<string, RuntimeListener>
  #getsByAcme: boolean
  #identity: Identity

  /** `base` null: from nothing. */
  constructor(thread: ThreadContext, base: Runtime | null, revision: number) {
    const from = base ?? NOTHING
    this.#thread = thread
    this.#revision = revision
    this.#routes = editRoutes(from.routes)
    this.#upstreams = new Map(from.upstreams)
    this.#policies = new Map(from.policies)
    this.#actions = [...from.actions]
    this.#listeners = from.listeners
    this.#getsByAcme = from.getsByAcme
    this.#identity = from.identity
  }

  /** Returns what makes the part unusable. */
  apply(part: RuntimePart): Issue[] {
    const issues: Issue[] = []
    for (const placed of part.upstreams ?? []) {
      const upstream = buildUpstream(placed, this.#thread, issues)
      this.#changedUpstreams.add(upstream.id)
      this.#upstreams.set(upstream.id, upstream)
    }
    for (const id of part.removedUpstreams ?? []) this.#upstreams.delete(id)
    for (const policy of part.policies ?? []) this.#policies.set(policy.id, buildPolicy(policy, this.#thread.state))
    for (const id of part.removedPolicies ?? []) this.#policies.delete(id)
    this.#hasOtherPolicies ||= part.policies !== undefined || part.removedPolicies !== undefined
    for (const id of part.removedRoutes ?? []) this.#routes.remove(id)
    for (const { id, onRemove } of part.disabledRoutes ?? []) this.#removed.set(id, onRemove)
    for (const ranked of part.routes ?? []) {
      this.#routes.add(ranked)
      this.#actions[ranked.index] = buildRoute(ranked, this.#upstreams, findRuntimePolicy(this.#policies))
    }
    if (part.providers !== undefined) this.#identity = buildIdentity(part.providers, this.#thread.current?.identity ?? this.#identity, this.#thread.state.credentials, this.#thread.log, issues)
    if (part.listeners !== undefined) this.#setListeners(part.listeners)
    return issues
  }

  #setListeners(placed: NonNullable<RuntimePart['listeners']>): void {
    const { state } = this.#thread
    const enabled = placed.filter(({ value }) => value.enabled)
    this.#getsByAcme = enabled.some(({ tlsPolicy }) => tlsPolicy?.acme.enabled === true)
    this.#routes.setListeners(enabled.map(({ value }) => value.id))
    const served = enabled.filter(({ value, tlsPolicy, row }) => row !== -1 && (value.protocol === 'http' || tlsPolicy !== null))
    this.#listeners = new Map(served.map((one) => [endpointKey(one.value), buildListener(one, state)]))
  }

  finish(): Runtime {
    const routes = this.#routes.finish()
    if (this.#changedUpstreams.size > 0) this.#renewRoutes(routes.routes)
    if (this.#hasOtherPolicies) this.#renewAdmissions(routes.routes)
    return { revision: this.#revision, routes, actions: this.#actions, removed: this.#removed, upstreams: this.#upstreams, policies: this.#policies, listeners: this.#listeners, getsByAcme: this.#getsByAcme, identity: this.#identity }
  }

  /** Routes hold on to their upstream, so that a request looks nothing up. */
  #renewRoutes(routes: Runtime['routes']['routes']): void {
    for (const compiled of routes) {
      const action = compiled === null ? null : this.#actions[compiled.index]
      if (compiled === null || action === null || action === undefined) continue
      const used = [...destinationsOf(action), ...(action.mirror === null ? [] : [action.mirror.destination])]
      if (used.some(({ upstream }) => this.#changedUpstreams.has(upstream.id))) this.#actions[compiled.index] = buildRoute(compiled, this.#upstreams, findRuntimePolicy(this.#policies))
    }
  }

  /** Names of policies may mean others now. */
  #renewAdmissions(routes: Runtime['routes']['routes']): void {
    const find = findRuntimePolicy(this.#policies)
    for (const compiled of routes) {
      const action = compiled === null ? null : this.#actions[compiled.index]
      if (compiled === null || action === null || action === undefined) continue
      const admission = buildAdmission(compiled.route, find)
      if (admission !== null || action.admission !== null) this.#actions[compiled.index] = { ...action, admission }
    }
  }
}
