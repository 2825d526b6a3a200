import { setTimeout as sleep } from 'node:timers/promises'
import { QueryTypes } from 'sequelize'
import { announceCredentials } from '../publishing/announce.ts'
import type { AcmeDeps } from './acme-deps.ts'
import { seeChallenge } from './see-challenge.ts'

const MOST_WORDS = 2_000
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 100
/** From a node's primary to its threads. */
const SETTLE_MS = 300
/** Nodes that were silent for longer are not waited for. */
const SILENT_SECONDS = 15

/**
 * Lets data nodes answer the challenge; resolves when all that are there can, or a while later: one that does not have it asks when
 * it is asked. What was seen of the answer is noted at the name.
 */
export async function offerChallenge(deps: AcmeDeps, name: string, token: string, keyAuthorization: string): Promise<void> {
  const { db } = deps
  const createdAt = new Date()
  await db.acmeChallenges.upsert({ token, keyAuthorization, name, createdAt })
  await announceCredentials(deps)
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const late = await db.sequelize.query(
      `SELECT id FROM nodes WHERE last_heartbeat_at > now() - interval '${SILENT_SECONDS} s' AND (credentials_at IS NULL OR credentials_at < $1) LIMIT 1`,
      { bind: [createdAt], type: QueryTypes.SELECT }
    )
    if (late.length === 0) break
  }
  await sleep(SETTLE_MS)
  await db.acmeNames.update({ selfCheck: (await seeChallenge(db, name, token, keyAuthorization)).slice(0, MOST_WORDS) }, { where: { name } })
}

export async function withdrawChallenge(deps: AcmeDeps, token: string): Promise<void> {
  await deps.db.acmeChallenges.destroy({ where: { token } })
  await announceCredentials(deps)
}
