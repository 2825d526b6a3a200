import Type from 'typebox'
import { strictObject, uuid, words } from '../../../shared/schema/field.ts'
import { ROLES } from '../../../shared/schema/role.ts'
import { Tenants } from '../../../shared/schema/tenants.ts'
import type { Actor } from '../../auth/actor.ts'
import { SESSION_ABSOLUTE_MS, SESSION_COOKIE, type SessionOrigin } from '../../auth/session.ts'
import { AppError } from '../../http/app-error.ts'
import type { EndpointRequest } from '../../http/endpoint.ts'

export type UserActor = Extract<Actor, { kind: 'user' }>

export const SessionAnswer = strictObject({
  user: strictObject({
    id: uuid(),
    email: Type.String(),
    role: words([...ROLES]),
    tenants: Tenants,
    mustChangePassword: Type.Boolean({ description: 'Signed in with a one-time password: nothing else is allowed before POST /session/password.' })
  }),
  csrfToken: Type.String({ description: 'Send it as x-csrf-token with every change made with the cookie.' })
})

export function sessionAnswer({ id, email, role, tenants, mustChangePassword }: Omit<UserActor, 'kind' | 'csrfToken' | 'sessionId'>, csrfToken: string) {
  return { user: { id, email, role, tenants, mustChangePassword }, csrfToken }
}

type FromClient = Pick<EndpointRequest, 'client'>

export function openedCookie(token: string, { client }: FromClient): Record<string, string> {
  return cookie(token, SESSION_ABSOLUTE_MS / 1000, client.isHttps)
}

export function clearedCookie({ client }: FromClient): Record<string, string> {
  return cookie('', 0, client.isHttps)
}

/** Where the browser is known to come by https, it sends the cookie by nothing else. */
function cookie(value: string, seconds: number, isHttps: boolean): Record<string, string> {
  return { 'set-cookie': `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict;${isHttps ? ' Secure;' : ''} Max-Age=${seconds}` }
}

export function originOf({ client, header }: Pick<EndpointRequest, 'client' | 'header'>): SessionOrigin {
  return { clientAddress: client.address, userAgent: header('user-agent') }
}

/** @throws AppError not_found for API tokens */
export function userOf(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('not_found', { message: 'An API token has no session.' })
  return actor
}
