import { Transaction } from 'sequelize'
import type { Database } from '../db/database.ts'
import { sqlState } from './http/map-error.ts'

const MOST_ATTEMPTS = 5
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'

/** `attempt` counts from 1; `work` is called again when Postgres asks for it because another transaction was first. */
type Work<T> = (transaction: Transaction, attempt: number) => Promise<T>

/** Runs `work` in a READ COMMITTED transaction. */
export async function inTransaction<T>(db: Database, work: Work<T>): Promise<T> {
  return attempt(db, Transaction.ISOLATION_LEVELS.READ_COMMITTED, work)
}

/** Runs `work` in a REPEATABLE READ transaction: everything it reads is of one moment, the one of its first query. */
export async function inRepeatableRead<T>(db: Database, work: Work<T>): Promise<T> {
  return attempt(db, Transaction.ISOLATION_LEVELS.REPEATABLE_READ, work)
}

async function attempt<T>(db: Database, isolationLevel: Transaction.ISOLATION_LEVELS, work: Work<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await db.sequelize.transaction({ isolationLevel }, (transaction) => work(transaction, count))
    } catch (error) {
      const state = sqlState(error)
      if (count >= MOST_ATTEMPTS || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK)) throw error
    }
  }
}
