import Router from '@koa/router'
import type { Context } from 'koa'
import type { TSchema } from 'typebox'
import { strictObject } from '../../shared/schema/field.ts'
import { errorIssue, type Decoded } from '../../shared/schema/issue.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import { authenticate } from '../auth/authenticate.ts'
import { SESSION_COOKIE } from '../auth/session.ts'
import type { Deps } from '../deps.ts'
import type { IpRanges } from '../../shared/forwarding/ip-ranges.ts'
import type { RateLimits } from '../rate-limits/rate-limits.ts'
import { AppError, invalidRequest } from './app-error.ts'
import { authorize, checkCsrf } from './authorize.ts'
import { clientOf } from './client-of.ts'
import { answerOnce } from '../idempotency/answer-once.ts'
import type { Answer, Endpoint, EndpointRequest } from './endpoint.ts'
import { routerPath } from './endpoint-path.ts'
import { MAX_BODY_BYTES, MAX_PUBLIC_BODY_BYTES, readJson } from './read-json.ts'

export const API_PREFIX = '/api/v1'
/** What an endpoint takes that declares no query: nothing, so that a misspelt parameter is not taken for none. */
const NO_QUERY = strictObject({})

/** How requests are taken. */
export interface Intake {
  /** null: none. */
  rateLimits: RateLimits | null
  /** Whose word about clients is believed; null: nobody's. */
  trustedProxies: IpRanges | null
}

/** The router of all endpoints. Every check that an endpoint declares is made here, before its handler. */
export function buildRouter(endpoints: readonly Endpoint[], deps: Deps, intake: Intake): Router {
  const router = new Router({ prefix: API_PREFIX })
  for (const endpoint of endpoints) {
    const handle = createHandler(endpoint, deps, intake)
    router.register(routerPath(endpoint.path), [endpoint.method.toLowerCase()], handle)
  }
  return router
}

function createHandler(endpoint: Endpoint, deps: Deps, { rateLimits, trustedProxies }: Intake) {
  const decodeQuery = decoder(endpoint.query ?? NO_QUERY)
  const decodeBody = decoder(endpoint.body)
  const mostBytes = endpoint.permission === 'public' ? MAX_PUBLIC_BODY_BYTES : MAX_BODY_BYTES
  return async (context: Context) => {
    const client = clientOf(context.req, trustedProxies)
    const sessionToken = context.cookies.get(SESSION_COOKIE) ?? ''
    const actor = await authenticate(deps.db, { authorization: context.get('authorization'), sessionToken }, new Date())
    if (rateLimits !== null) context.set(await rateLimits(actor, client.address))
    authorize(actor, endpoint)
    if (endpoint.permission !== 'public') checkCsrf(actor, endpoint.method, context.get('x-csrf-token'))
    const query = decodeOrThrow(decodeQuery, singleValues(context.query))
    const body = endpoint.method === 'GET' ? undefined : await readJson(context.req, mostBytes)
    const request: EndpointRequest = {
      deps,
      params: checkedParams(context.params),
      query: query as Record<string, unknown>,
      body: endpoint.body === undefined ? body : decodeOrThrow(decodeBody, body === undefined ? {} : body),
      actor,
      requestId: context.state.requestId,
      header: (name) => context.get(name),
      client,
      sessionToken
    }
    send(context, await answerOnce(endpoint, request, () => endpoint.handle(request as EndpointRequest<never, never>)))
  }
}

type Decoder = (input: unknown) => Decoded<unknown>

function decoder(schema: TSchema | undefined): Decoder {
  return schema === undefined ? (input) => ({ ok: true, value: input, issues: [] }) : compileDecoder(schema)
}

function decodeOrThrow(decode: Decoder, input: unknown): unknown {
  const decoded = decode(input)
  if (!decoded.ok) throw invalidRequest(decoded.issues)
  return decoded.value
}

function singleValues(query: NodeJS.Dict<string | string[]>): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw invalidRequest([errorIssue(`/${name}`, 'invalid_value', `the query parameter ${name} is given more than once`)])
    values[name] = value
  }
  return values
}

/** Path parameters are short and printable; anything else cannot be the id of something. */
function checkedParams(params: Record<string, string>): Record<string, string> {
  for (const value of Object.values(params)) {
    if (!/^\P{Cc}{1,200}$/u.test(value) || !value.isWellFormed()) throw new AppError('not_found')
  }
  return params
}

function send(context: Context, answer: Answer): void {
  context.status = answer.status
  context.set({ 'cache-control': 'no-store', ...answer.headers })
  if (answer.body === undefined) {
    context.body = null
    context.status = answer.status
    return
  }
  if (typeof answer.body === 'string') context.type = 'application/json'
  context.body = answer.body
}
