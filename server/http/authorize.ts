import { timingSafeEqual } from 'node:crypto'
import { includesRole } from '../../shared/schema/role.ts'
import { type Actor, tenantsOf } from '../auth/actor.ts'
import { AppError } from './app-error.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * Refuses an actor who may not call the endpoint.
 * @throws AppError unauthenticated, password_change_required, forbidden, outside_grant
 */
export function authorize(actor: Actor, { permission, tenantScoped, beforePasswordChange }: Pick<Endpoint, 'permission' | 'tenantScoped' | 'beforePasswordChange'>): void {
  if (permission === 'public') return
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })
  if (permission === 'node' || actor.kind === 'node') {
    if (permission === 'node' && actor.kind === 'node') return
    throw new AppError('forbidden', { message: permission === 'node' ? 'Only data nodes may call this, with their own token.' : 'A node token is only good for the node API.' })
  }
  if (actor.kind === 'user' && actor.mustChangePassword && beforePasswordChange !== true) throw new AppError('password_change_required')
  if (!includesRole(actor.role, permission)) throw new AppError('forbidden', { message: `This needs the role ${permission}; yours is ${actor.role}.` })
  if (tenantsOf(actor) !== null && tenantScoped !== true) throw new AppError('outside_grant', { message: 'This concerns every tenant; you are limited to some.' })
}

/**
 * A change made with a session cookie must prove that it comes from our own page.
 * @throws AppError csrf_mismatch
 */
export function checkCsrf(actor: Actor, method: string, given: string): void {
  if (actor.kind !== 'user' || method === 'GET') return
  const expected = Buffer.from(actor.csrfToken)
  const actual = Buffer.from(given)
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) throw new AppError('csrf_mismatch')
}
