import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { UserRow } from '../../db/models/people.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import type { PersonChange, PersonInput } from '../../shared/schema/person.ts'
import { auditChange } from '../audit/audit-change.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import type { Change } from '../resources/write-resource.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { findPerson } from './find-person.ts'
import { oneTimePassword } from './one-time-password.ts'
import { presentPerson } from './present-person.ts'

/** Makes a person, who signs in with a one-time password for the first time. @throws AppError invalid_request, name_taken */
export async function createPerson(change: Change, { email, role, tenants, password }: PersonInput): Promise<{ row: UserRow; password: string }> {
  const { db } = change.deps
  checkTenants(role, tenants)
  const now = new Date()
  const made = await oneTimePassword(now, password)
  return inTransaction(db, async (transaction) => {
    const taken = await db.users.count({ where: db.sequelize.where(db.sequelize.fn('lower', db.sequelize.col('email')), email.toLowerCase()), transaction })
    if (taken > 0) throw new AppError('name_taken', { message: `There is a person ${email} already.`, issues: [errorIssue('/email', 'name_taken', 'another person has this address')] })
    const row = await db.users.create({ id: uuidV7(), email, role, tenants, passwordHash: made.passwordHash, oneTimeUntil: made.oneTimeUntil, createdAt: now }, { transaction })
    await auditChange(change, transaction, { action: 'users.create', kind: 'users', resourceId: row.id, after: presentPerson(await row.reload({ transaction })) })
    return { row, password: made.password }
  })
}

/** Changes what a person may do, from the next request on. @throws AppError not_found, invalid_request, last_admin */
export async function changePerson(change: Change, id: string, wanted: PersonChange): Promise<UserRow> {
  const { db } = change.deps
  return inTransaction(db, async (transaction) => {
    await holdAdmins(db, transaction)
    const row = await findPerson(db, id, transaction)
    const before = presentPerson(row)
    const { role = row.role, tenants = row.tenants, enabled = row.enabled } = wanted
    checkTenants(role, tenants)
    await row.update({ role, tenants, enabled }, { transaction })
    await keepAnAdmin(db, transaction)
    if (!enabled) await db.sessions.destroy({ where: { userId: id }, transaction })
    await auditChange(change, transaction, { action: 'users.update', kind: 'users', resourceId: id, before, after: presentPerson(row) })
    return row
  })
}

/** Removes a person with their sessions and API tokens. @throws AppError not_found, last_admin */
export async function removePerson(change: Change, id: string): Promise<void> {
  const { db } = change.deps
  await inTransaction(db, async (transaction) => {
    await holdAdmins(db, transaction)
    const row = await findPerson(db, id, transaction)
    const tokens = await db.apiTokens.findAll({ where: { ownerId: id }, attributes: ['name'], order: [['name', 'ASC']], transaction })
    await row.destroy({ transaction })
    await keepAnAdmin(db, transaction)
    await auditChange(change, transaction, { action: 'users.delete', kind: 'users', resourceId: id, before: { ...presentPerson(row), tokens: tokens.map(({ name }) => name) } })
  })
}

/** Gives a person a new one-time password, ends what is open and lets them try at once. @throws AppError not_found */
export async function resetPassword(change: Change, id: string): Promise<{ password: string; until: Date }> {
  const { db } = change.deps
  const made = await oneTimePassword(new Date())
  await inTransaction(db, async (transaction) => {
    const row = await findPerson(db, id, transaction)
    const before = presentPerson(row)
    await row.update({ passwordHash: made.passwordHash, oneTimeUntil: made.oneTimeUntil, failedLogins: 0, lockedUntil: null }, { transaction })
    await db.sessions.destroy({ where: { userId: id }, transaction })
    await auditChange(change, transaction, { action: 'users.password', kind: 'users', resourceId: id, before, after: presentPerson(row) })
  })
  return { password: made.password, until: made.oneTimeUntil }
}

function checkTenants(role: UserRow['role'], tenants: string[] | null): void {
  if (role === 'admin' && tenants !== null) throw invalidRequest([errorIssue('/tenants', 'invalid_value', 'an admin cannot be limited to tenants; choose another role, or tenants: null')])
}

/** One after the other: of two admins who remove each other at once, the second finds themselves to be the last. */
async function holdAdmins(db: Database, transaction: Transaction): Promise<void> {
  await db.users.findAll({ where: { role: 'admin' }, attributes: ['id'], order: [['id', 'ASC']], transaction, lock: transaction.LOCK.UPDATE })
}

async function keepAnAdmin(db: Database, transaction: Transaction): Promise<void> {
  if ((await db.users.count({ where: { role: 'admin', enabled: true }, transaction })) === 0) throw new AppError('last_admin')
}
