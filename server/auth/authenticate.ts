import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Actor } from './actor.ts'
import { findSession } from './session.ts'
import { hashToken } from './token.ts'

/** What a request brings to show who makes it. */
export interface Credentials {
  authorization: string
  sessionToken: string
}

const anonymous: Actor = { kind: 'anonymous' }

/** Who makes a request. A token that is not valid is anonymous; it never falls back to the cookie. */
export async function authenticate(db: Database, credentials: Credentials, now: Date): Promise<Actor> {
  if (credentials.authorization !== '') return authenticateBearer(db, credentials.authorization, now)
  if (credentials.sessionToken === '') return anonymous
  return (await findSession(db, credentials.sessionToken, now)) ?? anonymous
}

async function authenticateBearer(db: Database, authorization: string, now: Date): Promise<Actor> {
  const token = /^Bearer ([\x21-\x7e]{8,256})$/i.exec(authorization)?.[1]
  if (token === undefined) return anonymous
  const tokenHash = hashToken(token)
  const row = await db.apiTokens.findOne({ where: { tokenHash, [Op.or]: [{ expiresAt: null }, { expiresAt: { [Op.gt]: now } }] } })
  if (row !== null) return { kind: 'token', id: row.id, name: row.name, role: row.role }
  const node = await db.nodes.findOne({ where: { tokenHash }, attributes: ['id'] })
  return node === null ? anonymous : { kind: 'node', id: node.id }
}
