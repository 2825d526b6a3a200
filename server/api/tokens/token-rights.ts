import { errorIssue } from '../../../shared/schema/issue.ts'
import { includesRole, type Role } from '../../../shared/schema/role.ts'
import type { Actor } from '../../auth/actor.ts'
import { AppError, invalidRequest } from '../../http/app-error.ts'
import { outsideGrant } from '../../tenancy/outside-grant.ts'

export interface TokenRights {
  role: Role
  tenants: string[] | null
  ownerId: string | null
}

/** Which tokens the actor may see and revoke: admins all, people their own. Another token has none. */
export function ownTokens(actor: Actor): { ownerId?: string } | { id: [] } {
  if ((actor.kind === 'user' || actor.kind === 'token') && actor.role === 'admin') return {}
  return actor.kind === 'user' ? { ownerId: actor.id } : { id: [] }
}

/**
 * What a new token may do: never more than its maker. A maker who is limited to tenants and names none gives the token
 * the same ones. Tokens are made by people, and by tokens of admins for automation.
 * @throws AppError forbidden, outside_grant, invalid_request
 */
export function tokenRights(maker: Actor, { role, tenants }: { role: Role; tenants: string[] | null }): TokenRights {
  if (maker.kind !== 'user' && !(maker.kind === 'token' && maker.role === 'admin')) throw new AppError('forbidden', { message: 'An API token makes tokens only when its role is admin; sign in instead.' })
  if (!includesRole(maker.role, role)) throw new AppError('forbidden', { message: `Your role is ${maker.role}, so the token cannot be ${role}.`, issues: [errorIssue('/role', 'forbidden', `choose ${maker.role} or less`)] })
  if (role === 'admin' && tenants !== null) throw invalidRequest([errorIssue('/tenants', 'invalid_value', 'an admin cannot be limited to tenants; choose another role, or tenants: null')])
  const own = maker.tenants
  const wider = own === null ? undefined : (tenants ?? []).findIndex((tenant) => !own.includes(tenant))
  if (wider !== undefined && wider >= 0) throw outsideGrant([errorIssue(`/tenants/${wider}`, 'outside_grant', `you are limited to ${own?.join(', ')}`)])
  return { role, tenants: tenants ?? (own === null ? null : [...own]), ownerId: maker.kind === 'user' ? maker.id : maker.ownerId }
}
