import { Transaction } from 'sequelize'
import type { Database } from '../db/database.ts'
import { sqlState } from './http/map-error.ts'

const MOST_ATTEMPTS = 5
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'

/** Runs `work` in a transaction, again when Postgres asks for it because another transaction was first. */
export async function inTransaction<T>(db: Database, work: (transaction: Transaction) => Promise<T>, isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED'): Promise<T> {
  const isolationLevel = isolation === 'REPEATABLE READ' ? Transaction.ISOLATION_LEVELS.REPEATABLE_READ : Transaction.ISOLATION_LEVELS.READ_COMMITTED
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.sequelize.transaction({ isolationLevel }, work)
    } catch (error) {
      const state = sqlState(error)
      if (attempt >= MOST_ATTEMPTS || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK)) throw error
    }
  }
}
