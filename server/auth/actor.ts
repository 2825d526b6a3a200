import type { Role } from '../../shared/schema/role.ts'

/** Who makes a request. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'user'; id: string; email: string; role: Role; csrfToken: string }
  | { kind: 'token'; id: string; name: string; role: Role }
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
