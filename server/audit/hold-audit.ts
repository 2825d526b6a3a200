import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'

/**
 * Keeps everybody else from appending to the audit until the transaction ends. A REPEATABLE READ transaction fails when
 * somebody appended since its first query, so under steady changes it would never get through; LOCK TABLE is the one
 * statement that may come before the moment it reads of (PostgreSQL manual, "LOCK").
 */
export async function holdAudit(db: Database, transaction: Transaction): Promise<void> {
  await db.sequelize.query('LOCK TABLE audit_head IN EXCLUSIVE MODE', { transaction })
}
