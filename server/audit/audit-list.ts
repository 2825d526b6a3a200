import { cast, col, Op, where as compare } from 'sequelize'
import Type from 'typebox'
import type { AuditRow } from '../../db/models/audit.ts'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { containing } from '../lists/containing.ts'
import { contains, equals, type Filter, moment, type Where } from '../lists/filters.ts'
import { defineList } from '../lists/list.ts'

/** A row of the audit as the API shows it. */
export const AuditItem = strictObject({
  id: Type.String({ description: 'Sequence number of the row.' }),
  at: timestamp(),
  actor: Type.String(),
  action: Type.String(),
  kind: Type.String(),
  resourceId: Type.String(),
  target: Type.String({ description: 'Kind and id together.' }),
  requestId: Type.String(),
  before: Type.Unknown({ description: 'The resource before, redacted; null when there was none.' }),
  after: Type.Unknown({ description: 'The resource after, redacted; null when there is none.' }),
  previousHash: Type.String(),
  hash: Type.String({ description: 'sha256 over the row and previousHash.' })
})

/** `q`: a text anywhere in what was before and after, or in what the row is about. */
const text: Filter = {
  ...contains('resourceId', 'Only rows that have this text before or after, or are about it; letter case ignored.'),
  where: (value) => ({ [Op.or]: [compare(cast(col('before'), 'text'), containing(value)), compare(cast(col('after'), 'text'), containing(value)), ...['actor', 'action', 'resourceId'].map((name) => ({ [name]: containing(value) }))] }) as Where
}

export const AUDIT_LIST = defineList({
  sortable: { id: { attribute: 'sequence', type: 'digits' } },
  sort: '-id',
  unique: { attribute: 'sequence', type: 'digits' },
  filters: {
    actor: equals('actor', 'Only what this person or token did.', 320),
    action: equals('action', 'Only this action, such as routes.update.'),
    kind: equals('kind', 'Only about resources of this kind.'),
    resourceId: equals('resourceId', 'Only about this resource.'),
    requestId: equals('requestId', 'Only what this request did.'),
    since: moment('at', 'since'),
    until: moment('at', 'until'),
    q: text
  }
})

export function presentAuditRow(row: AuditRow) {
  const { actor, action, kind, resourceId, requestId, before, after, previousHash, hash } = row
  return { id: row.sequence, at: row.at.toISOString(), actor, action, kind, resourceId, target: `${kind}/${resourceId}`, requestId, before, after, previousHash, hash }
}
