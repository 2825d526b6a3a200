import type { WebhookRow } from '../../db/models/webhooks.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import { MOST_WEBHOOKS, type WebhookChange, type WebhookUpload } from '../../shared/schema/webhook.ts'
import { auditChange } from '../audit/audit-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { checkVersion } from '../resources/check-version.ts'
import type { Change } from '../resources/write-resource.ts'
import { seal } from '../sealing/seal.ts'
import { secretsKeyOf } from '../sealing/secrets-key-of.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { webhookUrlProblem } from './check-webhook-url.ts'
import { findWebhook } from './list-webhooks.ts'
import { presentWebhook } from './present-webhook.ts'
import { createWebhookSecret } from './signature.ts'

/** After a rotation both secrets sign for this long, so that the receiver has time to change over. */
const BOTH_SIGN_MS = 24 * 3600_000

/** A webhook with the secret that signs, which is told only now. */
export interface SecretTold {
  row: WebhookRow
  secret: string
}

/** @throws AppError invalid_request, name_taken, conflict for one too many, secrets_key_missing */
export async function createWebhook(change: Change, upload: WebhookUpload): Promise<SecretTold> {
  const { deps } = change
  checkUrl(change, upload.url)
  const key = secretsKeyOf(deps)
  const secret = createWebhookSecret()
  const id = uuidV7()
  const now = new Date()
  const by = actorName(change.actor)
  return inTransaction(deps.db, async (transaction) => {
    if ((await deps.db.webhooks.count({ transaction })) >= MOST_WEBHOOKS) throw new AppError('conflict', { message: `There are ${MOST_WEBHOOKS} webhooks already; delete one first.` })
    const { tenantCode = null, ...given } = upload
    const row = await deps.db.webhooks.create({ id, ...given, tenantCode, sealedSecret: seal(key, id, secret), keyId: key.id, createdBy: by, createdAt: now, updatedBy: by, updatedAt: now }, { transaction })
    await auditChange(change, transaction, { action: 'webhooks.create', kind: 'webhooks', resourceId: id, after: presentWebhook(row, now) })
    return { row, secret }
  })
}

/** Changes what is named. @throws AppError not_found, version_mismatch, invalid_request, name_taken */
export async function changeWebhook(change: Change, id: string, version: number, wanted: WebhookChange): Promise<WebhookRow> {
  if (wanted.url !== undefined) checkUrl(change, wanted.url)
  return update(change, 'webhooks.update', id, version, () => Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)))
}

/** Gives it a new secret; the one before signs too for a day. @throws AppError not_found, version_mismatch, secrets_key_missing */
export async function rotateWebhookSecret(change: Change, id: string, version: number): Promise<SecretTold> {
  const key = secretsKeyOf(change.deps)
  const secret = createWebhookSecret()
  const row = await update(change, 'webhooks.rotate', id, version, (before, now) => ({
    sealedSecret: seal(key, id, secret),
    // What was sealed with another key could not be opened any more.
    ...(before.keyId === key.id ? { sealedPrevious: before.sealedSecret, previousUntil: new Date(now.getTime() + BOTH_SIGN_MS) } : { sealedPrevious: null, previousUntil: null }),
    keyId: key.id
  }))
  return { row, secret }
}

/** Removes it with everything that was on its way. @throws AppError not_found, version_mismatch */
export async function removeWebhook(change: Change, id: string, version: number): Promise<void> {
  const { db } = change.deps
  await inTransaction(db, async (transaction) => {
    const row = await findWebhook(db, id, transaction)
    checkVersion('webhook', row, version, (current) => presentWebhook(current, new Date()))
    await auditChange(change, transaction, { action: 'webhooks.delete', kind: 'webhooks', resourceId: id, before: presentWebhook(row, new Date()) })
    await row.destroy({ transaction })
  })
}

async function update(change: Change, action: string, id: string, version: number, columns: (row: WebhookRow, now: Date) => object): Promise<WebhookRow> {
  const { db } = change.deps
  const now = new Date()
  return inTransaction(db, async (transaction) => {
    const row = await findWebhook(db, id, transaction)
    checkVersion('webhook', row, version, (current) => presentWebhook(current, new Date()))
    const before = presentWebhook(row, now)
    await row.update({ ...columns(row, now), version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: now }, { transaction })
    await auditChange(change, transaction, { action, kind: 'webhooks', resourceId: id, before, after: presentWebhook(row, now) })
    return row
  })
}

function checkUrl({ deps }: Change, url: string): void {
  const problem = webhookUrlProblem(url, deps.webhooksPrivate)
  if (problem !== null) throw invalidRequest([errorIssue('/url', 'invalid_value', problem)])
}
