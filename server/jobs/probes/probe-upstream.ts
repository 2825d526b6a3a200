import type { Redis } from 'ioredis'
import { nextHealth } from '../../../shared/health/next-health.ts'
import type { ProbePlan } from '../../../shared/health/probe-plan.ts'
import type { Database } from '../../../db/database.ts'
import { type SecretsKey } from '../../sealing/secrets-key.ts'
import { unseal } from '../../sealing/seal.ts'
import { forgetTargets, readHealth, writeHealth } from '../../health/health-store.ts'
import { isLocalAddress } from '../../health/local-address.ts'
import { type ClientCertificate, probeTarget } from './probe-target.ts'

/** Targets of one upstream that are asked at one time. */
const AT_ONCE = 8

export interface ProbeDeps {
  db: Database
  redis: Redis
  secretsKey: SecretsKey | null
  /** Also targets that only this machine can see. */
  probesLocal: boolean
}

/** How many were asked, and how many of them are not healthy. */
export interface ProbeResult {
  probed: number
  unhealthy: number
}

/** Probes every target of an upstream once. Two that run at one time do no harm: the second does nothing. */
export async function probeUpstream(deps: ProbeDeps, upstreamId: string, plans: readonly ProbePlan[]): Promise<ProbeResult> {
  const { redis, probesLocal } = deps
  const wanted = plans.filter(({ url }) => probesLocal || !isLocalAddress(url))
  const [first] = wanted
  if (first === undefined) return { probed: 0, unhealthy: 0 }
  const lockMs = Math.ceil(wanted.length / AT_ONCE) * first.active.timeoutSeconds * 1000 + 5_000
  const lock = `gateway:probing:${upstreamId}`
  if ((await redis.set(lock, '1', 'PX', lockMs, 'NX')) === null) return { probed: 0, unhealthy: 0 }
  try {
    const known = await readHealth(redis, upstreamId)
    let unhealthy = 0
    await inTurn(wanted, async (plan) => {
      const health = nextHealth(known.get(plan.targetId) ?? null, plan, await probeTarget(plan, await certificateOf(deps, plan)))
      await writeHealth(redis, health)
      if (health.state === 'unhealthy') unhealthy++
    })
    await forgetTargets(redis, upstreamId, [...known.keys()].filter((id) => wanted.every(({ targetId }) => targetId !== id)))
    return { probed: wanted.length, unhealthy }
  } finally {
    await redis.del(lock)
  }
}

/** Works on some of the items at a time. */
async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}

async function certificateOf({ db, secretsKey }: ProbeDeps, { tls }: ProbePlan): Promise<ClientCertificate | null> {
  const id = tls.clientCertificateId
  if (id === undefined || secretsKey === null) return null
  const row = await db.certificates.findOne({ where: { id, deletedAt: null } })
  return row === null ? null : { cert: row.certificatePem, key: unseal(secretsKey, id, row.sealedKey) }
}
