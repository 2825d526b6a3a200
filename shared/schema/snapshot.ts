import Type, { type TObject, type TProperties } from 'typebox'
import { sha256Hex, strictObject, timestamp, uuid } from './field.ts'
import { Listener } from './listener.ts'
import { Policy } from './policy.ts'
import { Provider } from './provider.ts'
import { Route } from './route.ts'
import { TlsPolicy } from './tls-policy.ts'
import { Upstream } from './upstream.ts'

/** The version of the snapshot's content this program writes. */
export const SCHEMA_VERSION = 1
/** The versions a data node of this program can apply. */
export const SUPPORTED_SCHEMA_VERSIONS: readonly number[] = [1]

/** A resource as it stands in a snapshot: its spec and its id, no audit fields. */
export type Identified<T> = T & { id: string }

/** The schema of a resource as it stands in a snapshot. */
function identified<P extends TProperties>(spec: TObject<P>) {
  return strictObject({ id: uuid({ title: 'Id', description: 'UUID version 7.' }), ...spec.properties })
}
export const IdentifiedListener = identified(Listener)
export const IdentifiedUpstream = identified(Upstream)
export const IdentifiedRoute = identified(Route)
export const IdentifiedProvider = identified(Provider)
export const IdentifiedTlsPolicy = identified(TlsPolicy)
export const IdentifiedPolicy = identified(Policy)

/** Everything that a publish freezes. Arrays are sorted by id, so that equal configurations have equal hashes. */
export interface SnapshotContent {
  listeners: Identified<Listener>[]
  upstreams: Identified<Upstream>[]
  routes: Identified<Route>[]
  providers: Identified<Provider>[]
  tlsPolicies: Identified<TlsPolicy>[]
  policies: Identified<Policy>[]
}

/** A frozen, numbered, hashed configuration. `sha256` is over the canonical JSON of `content`. */
export interface Snapshot extends SnapshotHead {
  content: SnapshotContent
}

export const SnapshotHead = strictObject({
  epoch: uuid({ description: 'Made with the database; a new one after a restore from backup.' }),
  revision: Type.Integer({ minimum: 1, description: 'Counts up by one within an epoch.' }),
  schemaVersion: Type.Integer({ minimum: 1 }),
  createdBy: Type.String(),
  createdAt: timestamp(),
  note: Type.String({ maxLength: 2000 }),
  sha256: sha256Hex({ description: "sha256 of the content's canonical JSON." })
})
export type SnapshotHead = Type.Static<typeof SnapshotHead>

/** For documentation; decoding goes through shared/snapshot/decode-snapshot.ts, which reports every issue. */
export const SnapshotContentSchema = strictObject({
  listeners: Type.Array(IdentifiedListener),
  upstreams: Type.Array(IdentifiedUpstream),
  routes: Type.Array(IdentifiedRoute),
  providers: Type.Array(IdentifiedProvider),
  tlsPolicies: Type.Array(IdentifiedTlsPolicy),
  policies: Type.Array(IdentifiedPolicy)
})
