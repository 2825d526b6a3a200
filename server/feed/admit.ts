import type http from 'node:http'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import { type Actor, tenantsOf } from '../auth/actor.ts'
import { authenticate, type Credentials } from '../auth/authenticate.ts'
import { SESSION_COOKIE } from '../auth/session.ts'
import type { Deps } from '../deps.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { authorize } from '../http/authorize.ts'
import { API_PREFIX, type Intake } from '../http/build-router.ts'
import { clientOf } from '../http/client-of.ts'
import { FeedQuery } from './feed-query.ts'

const decodeQuery = compileDecoder(FeedQuery)
/** What it takes to read. */
const READING = { permission: 'viewer', tenantScoped: true } as const

/** Who reads, and what. */
export interface Admission {
  actor: Actor
  tenants: readonly string[] | null
  /** In milliseconds since 1970; null: from now on. */
  since: number | null
  metrics: boolean
}

/** Checks a request for the live feed. @throws AppError */
export async function admit(deps: Deps, { rateLimits, trustedProxies }: Intake, request: http.IncomingMessage): Promise<Admission> {
  const url = URL.parse(request.url ?? '', 'http://local')
  if (url === null || url.pathname !== `${API_PREFIX}/events`) throw new AppError('not_found')
  const credentials = credentialsOf(request)
  const actor = await authenticate(deps.db, credentials, new Date())
  await rateLimits?.(actor, clientOf(request, trustedProxies).address)
  authorize(actor, READING)
  // A cookie comes along whatever page asks; a token does not.
  if (credentials.authorization === '') checkOrigin(request)
  const query = decodeQuery(Object.fromEntries(url.searchParams))
  if (!query.ok) throw invalidRequest(query.issues)
  const { since, metrics } = query.value
  return { actor, tenants: tenantsOf(actor), since: since === undefined ? null : Date.parse(since), metrics: metrics === 'true' }
}

export function mayRead(actor: Actor): boolean {
  try {
    authorize(actor, READING)
    return true
  } catch {
    return false
  }
}

export function credentialsOf({ headers }: http.IncomingMessage): Credentials {
  const cookies = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='))
  return { authorization: headers.authorization ?? '', sessionToken: cookies.find(([name]) => name === SESSION_COOKIE)?.[1] ?? '' }
}

/** The page that asks is one of ours. @throws AppError forbidden */
function checkOrigin({ headers }: http.IncomingMessage): void {
  const origin = URL.parse(headers.origin ?? '')
  if (origin !== null && origin.host !== '' && origin.host === headers.host?.toLowerCase()) return
  throw new AppError('forbidden', { message: 'A live feed that is opened with the cookie of a session must come from our own page (Origin); programs send a token.' })
}
