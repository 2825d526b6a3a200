import type { KeyHash } from './rendezvous.ts'

/** A target that requests are bound to. */
export interface AffinityTarget {
  readonly id: string
  readonly weight: number
  readonly inFlight: number
  readonly idHash: KeyHash
}

/** What of a request says where it belongs. */
export interface AffinityRequest {
  /** Field lines as the client sent them, without Host. */
  readonly fields: string
  /** '' where there is none. */
  readonly user: string
  readonly tenant: string
}

/** Where a request belongs. `target` null: nowhere, because it has no key, or (`isBroken`) its target is not available. */
export interface Binding<T> {
  target: T | null
  isBroken: boolean
}

/** Keeps the requests of one client on one target (YARP ISessionAffinityPolicy.cs). */
export interface Affinity {
  /** A request whose target is gone is refused instead of going elsewhere. */
  readonly refusesBroken: boolean
  find<T extends AffinityTarget>(request: AffinityRequest, available: readonly T[]): Binding<T>
  /** Field line for the response that binds the client, who speaks https where `isSecure`, to the target; '' when it needs none. */
  bind(target: AffinityTarget, isSecure: boolean): string
  /** Name of the request header that carries the key; '' where it is a cookie. */
  readonly headerName: string
  /** Its value for the origin, when the gateway knows the key better than the client; '' else. */
  headerValue(request: Pick<AffinityRequest, 'user' | 'tenant'>): string
}
