import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { ApiTokenRow } from '../../db/models/people.ts'
import { includesRole } from '../../shared/schema/role.ts'
import type { Actor } from './actor.ts'
import { findSession } from './session.ts'
import { hashToken } from './token.ts'

/** What a request brings to show who makes it. */
export interface Credentials {
  authorization: string
  sessionToken: string
}

/** last_used_at is written at most this often. */
const USED_EVERY_MS = 60_000

const anonymous: Actor = { kind: 'anonymous' }

/** Who makes a request. A token that is not valid is anonymous; it never falls back to the cookie. Not `isActivity`: nobody did anything, so that a session which is idle ends. */
export async function authenticate(db: Database, credentials: Credentials, now: Date, isActivity = true): Promise<Actor> {
  if (credentials.authorization !== '') return authenticateBearer(db, credentials.authorization, now)
  if (credentials.sessionToken === '') return anonymous
  return (await findSession(db, credentials.sessionToken, now, isActivity)) ?? anonymous
}

async function authenticateBearer(db: Database, authorization: string, now: Date): Promise<Actor> {
  const token = /^Bearer ([\x21-\x7e]{8,256})$/i.exec(authorization)?.[1]
  if (token === undefined) return anonymous
  const tokenHash = hashToken(token)
  const row = await db.apiTokens.findOne({ where: { tokenHash, [Op.or]: [{ expiresAt: null }, { expiresAt: { [Op.gt]: now } }] } })
  if (row !== null) return tokenActor(db, row, now)
  const node = await db.nodes.findOne({ where: { tokenHash }, attributes: ['id'] })
  return node === null ? anonymous : { kind: 'node', id: node.id }
}

/** A token has the rights it was made with, and never more than its owner has by now. */
async function tokenActor(db: Database, row: ApiTokenRow, now: Date): Promise<Actor> {
  const owner = row.ownerId === null ? null : await db.users.findByPk(row.ownerId)
  if (row.ownerId !== null && owner?.enabled !== true) return anonymous
  const tenants = owner === null ? row.tenants : narrower(row.tenants, owner.tenants)
  if (tenants?.length === 0) return anonymous
  if (now.getTime() - (row.lastUsedAt?.getTime() ?? 0) > USED_EVERY_MS) await row.update({ lastUsedAt: now })
  return { kind: 'token', id: row.id, name: row.name, role: owner === null || includesRole(owner.role, row.role) ? row.role : owner.role, tenants, ownerId: row.ownerId }
}

/** The tenants that are in both; null is all of them. */
function narrower(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other
  return one.filter((tenant) => other.includes(tenant))
}
