import type { Transaction } from 'sequelize'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { CanarySettings, PublishOptions } from '../../shared/schema/publish.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { type RecordedEvent, recordEvent } from '../events/record-event.ts'
import type { Change } from '../resources/write-resource.ts'
import type { PublishStart } from './begin-publish.ts'
import { checkPublishable } from './check-publishable.ts'
import { checkFleet } from './check-fleet.ts'
import type { HashedContent } from './content-hash.ts'
import { beginHold } from './holds/begin-hold.ts'
import { chooseCanary } from './holds/choose-canary.ts'
import { contentOf } from './live.ts'
import type { Outcome, Published } from './publish-request.ts'
import { storeSnapshot } from './store-snapshot.ts'
import { summarizeChanges } from './summarize-changes.ts'

export interface ContentToPublish {
  hashed: HashedContent
  /** Of the whole draft. */
  draftHash: string
  options: PublishOptions
  /** The publisher is kept within these; null: not limited. */
  tenants: readonly string[] | null
  /** More for the audit. */
  about: object
}

/**
 * Checks a content and makes it the next revision, of all nodes or those of the canary, in the caller's transaction.
 * @throws AppError database_behind_fleet, schema_not_supported_by_nodes, config_invalid, outside_grant, canary_not_possible
 */
export async function publishContent(transaction: Transaction, change: Change, start: PublishStart, { hashed, draftHash, options, tenants, about }: ContentToPublish): Promise<Outcome> {
  const { deps, actor } = change
  const { configuration, live } = start
  await checkFleet(deps.db, transaction, configuration.epoch, live, options.force)
  const issues = await checkPublishable(deps, transaction, hashed.content, tenants, live)
  const canary: CanarySettings | null = options.canary === undefined ? null : await chooseCanary(deps.db, transaction, options.canary, start, new Date())
  // What was rolled back may be in the part of the draft that stays behind.
  const behindRollback = configuration.behindRollback && draftHash !== hashed.sha256
  const by = actorName(actor)
  const stored = await storeSnapshot(deps.db, transaction, configuration, { hashed, createdBy: by, note: options.note, behindRollback, nodes: canary?.nodes ?? null })
  const held = await beginHold(deps.db, transaction, start, stored, { canary, confirmWithinSeconds: options.confirmWithinSeconds, by, tenants })
  const { note, force, confirmWithinSeconds } = options
  await appendAudit(deps.db, transaction, {
    actor: by,
    action: 'config.publish',
    kind: 'snapshots',
    resourceId: String(stored.revision),
    requestId: change.requestId,
    before: live === null ? undefined : { revision: live.revision, sha256: live.sha256 },
    after: { revision: stored.revision, sha256: stored.sha256, note, force, canary: canary ?? undefined, confirmWithinSeconds, ...about, changes: summarizeChanges(contentOf(live), hashed.content) }
  })
  return { ...stored, ...held, unchanged: false, issues, told: await eventsOf(transaction, change, stored, held, note) }
}

async function eventsOf(transaction: Transaction, { deps: { db }, actor }: Change, { epoch, revision, sha256 }: Desired, { canary }: Pick<Published, 'canary'>, note: string): Promise<RecordedEvent[]> {
  const at = new Date().toISOString()
  const by = actorName(actor)
  const told = [await recordEvent(db, { kind: 'publish', at, data: { epoch, revision, sha256, by, note } }, transaction)]
  if (canary !== undefined) told.push(await recordEvent(db, { kind: 'canary_started', at, data: { revision, ...canary, by } }, transaction))
  return told
}
