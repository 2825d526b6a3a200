import { Op, type WhereOptions } from 'sequelize'
import Type from 'typebox'
import type { Database } from '../../db/database.ts'
import type { CertificateRow } from '../../db/models/certificates.ts'
import { strictObject } from '../../shared/schema/field.ts'
import { decodeCursor, encodeCursor, pageLimit, pageQuery } from '../http/page.ts'
import { presentCertificate } from './present-certificate.ts'

export const CertificateQuery = strictObject({
  ...pageQuery,
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Only names that contain this, letter case ignored.' }))
})
export type CertificateQuery = Type.Static<typeof CertificateQuery>

/** One page of the certificates by name. */
export async function listCertificates(db: Database, query: CertificateQuery, now: Date): Promise<{ items: unknown[]; nextCursor: string | null }> {
  const limit = pageLimit(query.limit)
  const where: WhereOptions<CertificateRow>[] = [{ deletedAt: null }]
  if (query.q !== undefined) where.push({ name: { [Op.iLike]: `%${query.q.replace(/[\\%_]/g, '\\$&')}%` } })
  if (query.cursor !== undefined) {
    const [name, id] = decodeCursor(query.cursor, false)
    where.push({ [Op.or]: [{ name: { [Op.gt]: name } }, { name, id: { [Op.gt]: id } }] } as WhereOptions<CertificateRow>)
  }
  const rows = await db.certificates.findAll({ where: { [Op.and]: where }, order: [['name', 'ASC'], ['id', 'ASC']], limit: limit + 1 })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map((row) => presentCertificate(row, now)), nextCursor: rows.length > limit && last ? encodeCursor([last.name, last.id]) : null }
}
