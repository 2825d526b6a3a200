import { crypto } from 'acme-client'
import { QueryTypes } from 'sequelize'
import type { AcmeNameRow } from '../../db/models/acme.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { presentCertificate } from '../certificates/present-certificate.ts'
import { type ReadUpload, readUpload } from '../certificates/read-upload.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceCredentials } from '../publishing/announce.ts'
import { seal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { acmeClient } from './acme-account.ts'
import type { AcmeDeps, AcmeSettings } from './acme-deps.ts'
import { type AcmeProblem, isPermanent, takeProblem } from './acme-problem.ts'
import { fulfilOrder } from './fulfil-order.ts'
import { pauseAfter } from './pause-after.ts'

const LOCK_MS = 10 * 60_000
const DAY_MS = 86_400_000
const MOST_ORDERS_A_DAY = 5
/** Renewals of names that were issued together are spread over this part of a lifetime. */
const JITTER = 0.02
const MOST_WORDS = 2_000
const BY = 'job:acme'

/** What became of a name whose turn it was. */
export type OrderOutcome = 'issued' | 'failed' | 'not-due'

/** Orders a certificate for the name, when it is due still and nobody else does. What is served stays until the new one is there. */
export async function orderCertificate(deps: AcmeDeps, name: string): Promise<OrderOutcome> {
  const { settings, secretsKey } = deps
  const now = new Date()
  if (settings === null || secretsKey === null) return 'not-due'
  const row = await claim(deps, name, now)
  if (row === null) return 'not-due'
  const orders = ordersOfDay(row, now)
  if (orders.length >= MOST_ORDERS_A_DAY) {
    await row.update({ status: 'waiting', lockedUntil: null, orderedAt: orders, nextAt: new Date(orders[0]!.getTime() + DAY_MS), lastError: `${MOST_ORDERS_A_DAY} orders were made within a day; the next follows when that is over. Before: ${row.lastError ?? ''}`.slice(0, MOST_WORDS), updatedAt: now })
    return 'failed'
  }
  takeProblem()
  try {
    await store(deps, row, await order(deps, settings, secretsKey, row), secretsKey)
    await announceCredentials(deps)
    return 'issued'
  } catch (error) {
    const problem = takeProblem()
    // The next attempt makes another account.
    if (problem?.type === 'accountDoesNotExist') await deps.db.acmeAccounts.destroy({ where: { directoryUrl: settings.directoryUrl } })
    await noteFailure(row, error as Error, problem, now)
    deps.log.warn({ name, reason: (error as Error).message }, `no certificate for ${name}: ${(error as Error).message}`)
    return 'failed'
  }
}

/** Only one process gets it; one that dies loses it after a while. */
async function claim({ db }: AcmeDeps, name: string, now: Date): Promise<AcmeNameRow | null> {
  const [taken] = await db.sequelize.query<{ name: string }>(
    `UPDATE acme_names SET status = 'ordering', locked_until = $2, updated_at = $3
     WHERE name = $1 AND next_at <= $3 AND (locked_until IS NULL OR locked_until < $3) RETURNING name`,
    { bind: [name, new Date(now.getTime() + LOCK_MS), now], type: QueryTypes.SELECT }
  )
  return taken === undefined ? null : db.acmeNames.findByPk(name)
}

/** What the authority never made an order of does not count: it may have been away. */
async function order(deps: AcmeDeps, settings: AcmeSettings, secretsKey: SecretsKey, row: AcmeNameRow): Promise<ReadUpload> {
  const { name } = row
  const client = await acmeClient(deps, settings, secretsKey)
  const [key, csr] = await crypto.createCsr({ commonName: name, altNames: [name] }, await crypto.createPrivateEcdsaKey())
  const placed = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] })
  const now = new Date()
  await row.update({ orderedAt: [...ordersOfDay(row, now), now], updatedAt: now })
  const certificatePem = await fulfilOrder(deps, client, name, placed, csr)
  const read = readUpload({ certificatePem, privateKeyPem: key.toString() }, new Date())
  if (!read.ok) throw new Error(`the authority sent what cannot be served: ${read.issues.map(({ message }) => message).join('; ')}`)
  if (!read.value.facts.domains.includes(name)) throw new Error(`the authority sent a certificate for ${read.value.facts.domains.join(', ')}`)
  return read.value
}

async function store({ db }: AcmeDeps, row: AcmeNameRow, { certificatePem, privateKeyPem, facts }: ReadUpload, secretsKey: SecretsKey): Promise<void> {
  const now = new Date()
  await inTransaction(db, async (transaction) => {
    const certificate = await db.certificates.findByPk(row.certificateId, { transaction, lock: transaction.LOCK.UPDATE })
    if (certificate === null) throw new Error('its certificate is gone')
    const before = presentCertificate(certificate, now)
    await certificate.update({
      certificatePem, sealedKey: seal(secretsKey, certificate.id, privateKeyPem), keyId: secretsKey.id, facts, notAfter: new Date(facts.notAfter), fingerprint256: facts.fingerprint256,
      deletedAt: null, version: certificate.version + 1, updatedBy: BY, updatedAt: now
    }, { transaction })
    await appendAudit(db, transaction, { actor: BY, action: 'certificates.issue', kind: 'certificates', resourceId: certificate.id, requestId: '', before, after: presentCertificate(certificate, now) })
    await row.update({ status: 'issued', attempts: 0, lastError: null, lockedUntil: null, nextAt: renewalOf(facts.notBefore, facts.notAfter), infoAt: null, updatedAt: now }, { transaction })
  })
}

/** When a third of the lifetime is left. */
function renewalOf(notBefore: string, notAfter: string): Date {
  const from = Date.parse(notBefore)
  const lifetime = Date.parse(notAfter) - from
  return new Date(from + lifetime * (2 / 3 - Math.random() * JITTER))
}

async function noteFailure(row: AcmeNameRow, error: Error, problem: AcmeProblem | null, begunAt: Date): Promise<void> {
  const now = new Date()
  const hasOrdered = row.orderedAt.some((at) => at >= begunAt)
  const pause = pauseAfter({ problem, orders: hasOrdered ? ordersOfDay(row, now).length : null, attempts: row.attempts })
  const isOver = isPermanent(problem)
  await row.update({ status: isOver ? 'failed' : 'waiting', attempts: row.attempts + 1, lockedUntil: null, nextAt: isOver ? null : new Date(now.getTime() + pause), lastError: error.message.slice(0, MOST_WORDS), updatedAt: now })
}

function ordersOfDay({ orderedAt }: AcmeNameRow, now: Date): Date[] {
  return orderedAt.filter((at) => now.getTime() - at.getTime() < DAY_MS)
}
