import { randomBytes } from 'node:crypto'
import { uuidV7 } from '../uuid-v7.ts'
import type { Database } from '../../db/database.ts'
import { hashPassword } from './password.ts'
import { hashToken } from './token.ts'

export interface AdminSettings {
  email: string
  /** Generated and told once when absent. */
  password: string | undefined
  /** An API token with the admin role for automation. */
  token: string | undefined
}

/** Creates the first admin when there is no user yet, and makes ADMIN_TOKEN known. `tell` gets a generated password. */
export async function bootstrapAdmin(db: Database, settings: AdminSettings, tell: (email: string, password: string) => void): Promise<void> {
  const generated = settings.password === undefined ? randomBytes(15).toString('base64url') : undefined
  const passwordHash = await hashPassword(settings.password ?? generated ?? '')
  await db.sequelize.transaction(async (transaction) => {
    await db.sequelize.query('LOCK TABLE users IN EXCLUSIVE MODE', { transaction })
    const now = new Date()
    if ((await db.users.count({ transaction })) === 0) {
      await db.users.create({ id: uuidV7(), email: settings.email, passwordHash, role: 'admin', createdAt: now }, { transaction })
      if (generated !== undefined) tell(settings.email, generated)
    }
    if (settings.token === undefined) return
    const tokenHash = hashToken(settings.token)
    const known = await db.apiTokens.count({ where: { tokenHash }, transaction })
    if (known > 0) return
    await db.apiTokens.destroy({ where: { name: 'ADMIN_TOKEN' }, transaction })
    await db.apiTokens.create(
      { id: uuidV7(), name: 'ADMIN_TOKEN', tokenHash, role: 'admin', createdBy: 'environment', createdAt: now, expiresAt: null },
      { transaction }
    )
  })
}
