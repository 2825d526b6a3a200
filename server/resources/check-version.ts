import { AppError } from '../http/app-error.ts'

/** Whether whoever changes a row has seen its newest version. @throws AppError version_mismatch with what it is now. */
export function checkVersion<Row extends { version: number }>(noun: string, row: Row, sent: number, present: (row: Row) => unknown): void {
  if (row.version === sent) return
  throw new AppError('version_mismatch', { message: `The ${noun} is at version ${row.version}; you sent ${sent}.`, extra: { currentVersion: row.version, current: present(row) } })
}
