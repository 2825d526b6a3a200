import { createHash } from 'node:crypto'
import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import { errorIssue } from '../../../shared/schema/issue.ts'
import type { CanaryRequest, CanarySettings } from '../../../shared/schema/publish.ts'
import { AppError, invalidRequest } from '../../http/app-error.ts'
import type { PublishStart } from '../begin-publish.ts'
import { AWAY_MS } from './canary-limits.ts'

/**
 * The nodes that get the next revision first: those that were named, or a share of those that are heard of, others each
 * time and the same when the transaction is tried again.
 * @throws AppError invalid_request for nodes that are not enrolled, canary_not_possible when one is away
 */
export async function chooseCanary(db: Database, transaction: Transaction, request: CanaryRequest, { configuration }: PublishStart, now: Date): Promise<CanarySettings> {
  const { holdSeconds, maxErrorRateIncrease, maxLatencyFactor } = request
  if ((request.nodes === undefined) === (request.percent === undefined)) throw invalidRequest([errorIssue('/canary', 'invalid_value', 'give either nodes or percent')])
  const rows = await db.nodes.findAll({ attributes: ['id', 'lastHeartbeatAt', 'drain'], order: [['id', 'ASC']], transaction })
  const known = new Set(rows.map(({ id }) => id))
  const heard = rows.filter(({ lastHeartbeatAt }) => lastHeartbeatAt !== null && now.getTime() - lastHeartbeatAt.getTime() <= AWAY_MS).map(({ id }) => id)
  const named = request.nodes && [...new Set(request.nodes)]
  const unknown = request.nodes?.flatMap((id, index) => (known.has(id) ? [] : [errorIssue(`/canary/nodes/${index}`, 'unknown_reference', `there is no node ${id}`)])) ?? []
  if (unknown.length > 0) throw invalidRequest(unknown)
  const away = named?.filter((id) => !heard.includes(id)) ?? []
  if (away.length > 0) throw new AppError('canary_not_possible', { message: `The nodes ${away.join(', ')} are not heard of; choose others.`, extra: { nodes: away } })
  if (heard.length === 0) throw new AppError('canary_not_possible', { message: 'No node is heard of that could be the canary.' })
  // A drained node proves nothing, since it gets no requests.
  const drained = new Set(rows.filter(({ drain }) => drain !== null).map(({ id }) => id))
  const nodes = named ?? shareOf(heard.some((id) => !drained.has(id)) ? heard.filter((id) => !drained.has(id)) : heard, request.percent ?? 0, `${configuration.epoch}.${configuration.liveRevision}`)
  return { nodes: nodes.toSorted(), holdSeconds, maxErrorRateIncrease, maxLatencyFactor }
}

function shareOf(nodes: readonly string[], percent: number, seed: string): string[] {
  const place = (id: string) => createHash('sha256').update(`${seed}.${id}`).digest('hex')
  const byChance = nodes.map((id) => ({ id, at: place(id) })).toSorted((a, b) => (a.at < b.at ? -1 : 1))
  return byChance.slice(0, Math.max(1, Math.round((nodes.length * percent) / 100))).map(({ id }) => id)
}
