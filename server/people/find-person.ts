import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { UserRow } from '../../db/models/people.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'

/** With a transaction the row is locked until it ends. @throws AppError not_found, also for what is no id at all */
export async function findPerson(db: Database, id: string, transaction?: Transaction): Promise<UserRow> {
  const row = isUuid(id) ? await db.users.findByPk(id, transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) : null
  if (row === null) throw new AppError('not_found', { message: `There is no person with the id ${id}.` })
  return row
}
