import { randomBytes } from 'node:crypto'
import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { hashPassword } from './password.ts'
import { hashToken } from './token.ts'

export interface AdminSettings {
  email: string
  /** Generated and told once when absent. */
  password: string | undefined
  /** An API token with the admin role for automation. */
  token: string | undefined
}

/** Who made what the environment asks for; no person or token can have this name. */
const ENVIRONMENT = 'environment'
const TOKEN_NAME = 'ADMIN_TOKEN'

/** Creates the first admin when there is no user yet, and makes ADMIN_TOKEN known. `tell` gets a generated password. */
export async function bootstrapAdmin(db: Database, settings: AdminSettings, tell: (email: string, password: string) => void): Promise<void> {
  const created = await db.sequelize.transaction(async (transaction) => {
    // Several processes may start at once; one of them makes the first admin.
    await db.sequelize.query('LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE', { transaction })
    await keepAdminToken(db, transaction, settings.token)
    return (await db.users.count({ transaction })) === 0 ? createFirstAdmin(db, transaction, settings) : null
  })
  if (created !== null && settings.password === undefined) tell(settings.email, created.password)
}

async function createFirstAdmin(db: Database, transaction: Transaction, settings: AdminSettings): Promise<{ password: string }> {
  const password = settings.password ?? randomBytes(15).toString('base64url')
  const user = { id: uuidV7(), email: settings.email, role: 'admin' as const, createdAt: new Date() }
  await db.users.create({ ...user, passwordHash: await hashPassword(password) }, { transaction })
  await audit(db, transaction, 'users.create', 'users', user.id, user)
  return { password }
}

/** The token of the environment is the only one of its name: a changed ADMIN_TOKEN ends the one before. */
async function keepAdminToken(db: Database, transaction: Transaction, token: string | undefined): Promise<void> {
  if (token === undefined) return
  const tokenHash = hashToken(token)
  if ((await db.apiTokens.count({ where: { tokenHash }, transaction })) > 0) return
  await db.apiTokens.destroy({ where: { name: TOKEN_NAME, createdBy: ENVIRONMENT }, transaction })
  const row = { id: uuidV7(), name: TOKEN_NAME, role: 'admin' as const, createdBy: ENVIRONMENT, createdAt: new Date(), expiresAt: null }
  await db.apiTokens.create({ ...row, tokenHash }, { transaction })
  await audit(db, transaction, 'tokens.create', 'tokens', row.id, row)
}

async function audit(db: Database, transaction: Transaction, action: string, kind: string, resourceId: string, after: object): Promise<void> {
  await appendAudit(db, transaction, { actor: ENVIRONMENT, action, kind, resourceId, requestId: '', after })
}
