import type { Actor } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'

/** The node that calls. @throws AppError forbidden for everybody else */
export function nodeId(actor: Actor): string {
  if (actor.kind !== 'node') throw new AppError('forbidden')
  return actor.id
}
