import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { WebhookRow } from '../../db/models/webhooks.ts'
import { EVENT_KINDS } from '../../shared/schema/webhook.ts'
import { AppError } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import { contains, equals, oneOf, yesOrNo } from '../lists/filters.ts'
import { defineList } from '../lists/list.ts'

export const WEBHOOK_LIST = defineList({
  sortable: {
    name: { attribute: 'name', type: 'text' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'name',
  unique: { attribute: 'id', type: 'uuid' },
  filters: { q: contains('name'), enabled: yesOrNo('enabled', 'Only enabled or only disabled ones.'), tenantCode: equals('tenantCode', 'Only those of this tenant.', 128) }
})

export const DELIVERY_LIST = defineList({
  sortable: { createdAt: { attribute: 'createdAt', type: 'moment' } },
  sort: '-createdAt',
  unique: { attribute: 'id', type: 'uuid' },
  filters: {
    state: oneOf('state', ['pending', 'delivered', 'failed'], 'Only those in this state.'),
    kind: oneOf('kind', [...EVENT_KINDS, 'test'] as unknown as [string, ...string[]], 'Only events of this kind.')
  }
})

/** With a transaction the row is locked until it ends. @throws AppError not_found, also for what is no id at all */
export async function findWebhook(db: Database, id: string, transaction?: Transaction): Promise<WebhookRow> {
  const row = isUuid(id) ? await db.webhooks.findByPk(id, transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) : null
  if (row === null) throw new AppError('not_found', { message: `There is no webhook with the id ${id}.` })
  return row
}
