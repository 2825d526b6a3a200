import { literal } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { CertificateItem } from '../../shared/schema/certificate.ts'
import { contains, equals, type Filter, label, moment, oneOf, yesOrNo } from '../lists/filters.ts'
import { defineList, type ListQuery } from '../lists/list.ts'
import { type Page, pageRows } from '../lists/page-rows.ts'
import { presentCertificate } from './present-certificate.ts'
import { ownedBy } from '../tenancy/owned-by.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'

const DUE = 'coalesce(exposed_fingerprint256 = fingerprint256, false)'

const rotationDue: Filter = {
  ...yesOrNo('rotationDue', 'Only those whose key was on a node that was revoked, or only the others.'),
  where: (value) => literal(value === 'true' ? DUE : `NOT ${DUE}`)
}

export const CERTIFICATE_LIST = defineList({
  sortable: {
    name: { attribute: 'name', type: 'text' },
    notAfter: { attribute: 'notAfter', type: 'moment' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'name',
  unique: { attribute: 'id', type: 'uuid' },
  filters: {
    q: contains('name'),
    tenantCode: equals('tenantCode', 'Only those of this tenant.', 128),
    label: label('labels'),
    source: oneOf('source', ['uploaded', 'acme', 'selfSigned'], 'Only those that came this way.'),
    notAfterUntil: moment('notAfter', 'until'),
    rotationDue
  }
})

/** One page of the certificates that the scope may see (`null`: all). */
export async function listCertificates(db: Database, query: ListQuery, scope: TenantScope | null, now: Date): Promise<Page<CertificateItem>> {
  const { items, nextCursor } = await pageRows(db.certificates, CERTIFICATE_LIST, query, { where: { deletedAt: null, ...ownedBy(scope) } })
  return { items: items.map((row) => presentCertificate(row, now)), nextCursor }
}
