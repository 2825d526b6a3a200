import type { Role } from '../../shared/schema/role.ts'

/** Who makes a request. `tenants` are the only ones whose resources it may see and touch; null: not limited. `ownerId`: the person whose rights the token never exceeds. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'user'; id: string; email: string; role: Role; tenants: readonly string[] | null; csrfToken: string; sessionId: string; mustChangePassword: boolean }
  | { kind: 'token'; id: string; name: string; role: Role; tenants: readonly string[] | null; ownerId: string | null }
  | { kind: 'node'; id: string }

/** How an actor is named in audit rows and createdBy. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'user':
      return actor.email
    case 'token':
      return `token:${actor.name}`
    case 'node':
      return `node:${actor.id}`
  }
}

/** The tenants an actor is kept within; null: not limited. Who is neither person nor token is within none. */
export function tenantsOf(actor: Actor): readonly string[] | null {
  return actor.kind === 'user' || actor.kind === 'token' ? actor.tenants : []
}
