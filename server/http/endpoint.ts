import type { Static, TSchema } from 'typebox'
import type { Role } from '../../shared/schema/role.ts'
import type { Actor } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import type { RequestClient } from './client-of.ts'

/** Who may call: anybody, any signed-in person or token, a role and those above it, or data nodes only. */
export type Permission = 'public' | Role | 'node'

export interface EndpointRequest<B = unknown, Q = Record<string, unknown>> {
  deps: Deps
  /** Values of `:name` parts of the path. */
  params: Record<string, string>
  query: Q
  body: B
  actor: Actor
  requestId: string
  header(name: string): string
  client: RequestClient
  /** The cookie of the session, empty when there is none. */
  sessionToken: string
}

export interface Answer {
  status: number
  /** Sent as JSON; a Buffer, string or Readable is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
}

/** One endpoint as data: router, checks, OpenAPI and tests come from it. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api/v1, with `:name` for parameters. */
  path: string
  permission: Permission
  /**
   * The handler itself keeps who is limited to some tenants within these (`tenantsOf(actor)`): in what it shows and in
   * what it changes. Without it such actors are refused; public endpoints and the node API know no tenants.
   */
  tenantScoped?: true
  /** Also for who has signed in with a one-time password and has not chosen another one yet. */
  beforePasswordChange?: true
  summary: string
  tag: string
  query?: TSchema
  body?: TSchema
  /** Schema of the body in OpenAPI where `body` is only its rough form. */
  bodyDoc?: TSchema
  /** Success status to what it answers with. */
  answers: Record<number, { description: string; schema?: TSchema }>
  /** A version must come with the request (If-Match). */
  needsVersion?: boolean
  /** The action written to the audit; every endpoint that changes something names one. */
  audits?: string
  handle(request: EndpointRequest<never, never>): Promise<Answer>
}

/** Gives the handler the types of its body and query. */
export function endpoint<B extends TSchema = TSchema, Q extends TSchema = TSchema>(
  definition: Omit<Endpoint, 'handle' | 'body' | 'query'> & {
    body?: B
    query?: Q
    handle(request: EndpointRequest<Static<B>, Static<Q>>): Promise<Answer>
  }
): Endpoint {
  return definition as Endpoint
}
