import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { Actor } from '../../auth/actor.ts'

/** Tokens are made by tokens, but not without end. */
const MOST_STEPS = 20

/**
 * Who is behind an actor: a person, also when one of its tokens acts. A token that the environment made stands for
 * itself, and so does one whose maker is not known any more.
 */
export async function personOf(db: Database, actor: Actor, transaction?: Transaction): Promise<string> {
  const options = transaction ? { transaction } : {}
  if (actor.kind === 'user') return `user:${actor.id}`
  if (actor.kind !== 'token') return actor.kind
  let token = await db.apiTokens.findByPk(actor.id, options)
  for (let step = 0; token !== null && step < MOST_STEPS; step++) {
    const { createdBy, id, ownerId } = token
    if (ownerId !== null) return `user:${ownerId}`
    if (!createdBy.startsWith('token:')) {
      const user = await db.users.findOne({ where: db.sequelize.where(db.sequelize.fn('lower', db.sequelize.col('email')), createdBy.toLowerCase()), ...options })
      return user === null ? `token:${id}` : `user:${user.id}`
    }
    const makers: typeof token[] = await db.apiTokens.findAll({ where: { name: createdBy.slice('token:'.length) }, limit: 2, ...options })
    if (makers.length !== 1) return `token:${id}`
    token = makers[0] ?? null
  }
  return `token:${actor.id}`
}
