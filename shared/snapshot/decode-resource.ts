import type { TSchema } from 'typebox'
import type { Decoded } from '../schema/issue.ts'
import { Listener } from '../schema/listener.ts'
import type { DraftedKind } from '../schema/resource.ts'
import { Policy } from '../schema/policy.ts'
import { Provider } from '../schema/provider.ts'
import { Route } from '../schema/route.ts'
import { IdentifiedListener, IdentifiedPolicy, IdentifiedProvider, IdentifiedRoute, IdentifiedTlsPolicy, IdentifiedUpstream } from '../schema/snapshot.ts'
import { TlsPolicy } from '../schema/tls-policy.ts'
import { Upstream } from '../schema/upstream.ts'
import { type FieldDecoder, fieldDecoder } from './compile-decoder.ts'
import { createContext, type DecodeContext } from './decode-context.ts'
import type { Loose } from './loose.ts'
import { refinePolicy } from './refine-policy.ts'
import { refineProvider } from './refine-provider.ts'
import { refineRoute } from './refine-route.ts'
import { refineTlsPolicy } from './refine-tls-policy.ts'
import { refineUpstream } from './refine-upstream.ts'

/** A listener as a person writes it: unknown input becomes the stored form with every default, or all issues. */
export const decodeListener: (input: unknown) => Decoded<Listener> = resourceDecoder(fieldDecoder(Listener))
/** An upstream, likewise. */
export const decodeUpstream: (input: unknown) => Decoded<Upstream> = resourceDecoder(refined(Upstream, refineUpstream))
/** A route, likewise. */
export const decodeRoute: (input: unknown) => Decoded<Route> = resourceDecoder(refined(Route, refineRoute))

/** An identity provider, likewise. */
export const decodeProvider: (input: unknown) => Decoded<Provider> = resourceDecoder(refined(Provider, refineProvider))

/** A TLS policy, likewise. */
export const decodeTlsPolicy: (input: unknown) => Decoded<TlsPolicy> = resourceDecoder(refined(TlsPolicy, refineTlsPolicy))

/** A policy, likewise. */
export const decodePolicy: (input: unknown) => Decoded<Policy> = resourceDecoder(refined(Policy, refinePolicy))

/** The decoders by the names of the kinds. */
export const decodeByKind = {
  listeners: decodeListener,
  upstreams: decodeUpstream,
  routes: decodeRoute,
  providers: decodeProvider,
  tlsPolicies: decodeTlsPolicy,
  policies: decodePolicy
} satisfies Record<DraftedKind, (input: unknown) => Decoded<unknown>>

/** Decoders of resources as they stand in a snapshot, with their id. */
export const identifiedDecoders: Readonly<Record<DraftedKind, FieldDecoder>> = {
  listeners: fieldDecoder(IdentifiedListener),
  upstreams: refined(IdentifiedUpstream, refineUpstream),
  routes: refined(IdentifiedRoute, refineRoute),
  providers: refined(IdentifiedProvider, refineProvider),
  tlsPolicies: refined(IdentifiedTlsPolicy, refineTlsPolicy),
  policies: refined(IdentifiedPolicy, refinePolicy)
}

function resourceDecoder<T>(decode: FieldDecoder): (input: unknown) => Decoded<T> {
  return (input) => {
    const context = createContext()
    const value = decode(input, context)
    return context.issues.length > 0 ? { ok: false, issues: context.issues } : { ok: true, value: value as T, issues: [] }
  }
}

/** Adds the checks that look at several fields of one resource; they also see values of which parts are wrong. */
function refined<T>(schema: TSchema, refine: (value: Loose<T>, context: DecodeContext) => void): FieldDecoder {
  const decode = fieldDecoder(schema)
  return (input, context) => {
    const value = decode(input, context)
    if (value !== undefined) refine(value as Loose<T>, context)
    return value
  }
}
