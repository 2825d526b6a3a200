import Type from 'typebox'
import { integer, line, strictObject, uuid, words } from '../../../shared/schema/field.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { checkRestore, findTarget, visibleOverrides } from '../../operation/find-target.ts'
import { currentOverrides } from '../../operation/operational-state.ts'
import { overrideTarget, restoreTarget } from '../../operation/override-target.ts'
import { presentOverride, PresentedOverride } from '../../operation/present-override.ts'

const place = { upstreamId: uuid({ description: 'Of a live upstream.' }), targetId: line(200, { description: 'One of its targets.' }) }
const expiry = Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000, unit: 's', description: 'It is over by itself after so many seconds; without it, when the target is restored.' }))
const reason = Type.String({ maxLength: 500, default: '', description: 'For whoever wonders.' })
const presented = { description: 'As it holds now.', schema: PresentedOverride }

/** Where targets are operated without a publish. */
export const targetEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/targets',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'targets',
    summary: 'Targets that people took out or weighted anew',
    answers: { 200: { description: 'What holds now.', schema: strictObject({ items: Type.Array(PresentedOverride) }) } },
    async handle({ deps, actor }) {
      const rows = await visibleOverrides(deps.db, actor, await currentOverrides(deps.db, new Date()))
      return { status: 200, body: { items: rows.map(presentOverride) } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/targets/eject',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'targets',
    summary: 'Take a target out: at once and on every node it gets no new requests, not even when no other target is left',
    body: strictObject({ ...place, expiresInSeconds: expiry, reason }),
    answers: { 200: presented },
    audits: 'targets.eject',
    async handle({ deps, body, actor, requestId }) {
      const { tenantCode } = await findTarget(deps.db, actor, body)
      const row = await overrideTarget({ deps, actor, requestId }, placeOf(body), { tenantCode, kind: 'ejected', weight: null, ...lastingOf(body) })
      return { status: 200, body: presentOverride(row) }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/targets/weight',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'targets',
    summary: 'Weight a target anew: it counts with this weight instead of the configured one, at once and on every node',
    body: strictObject({ ...place, weight: integer({ title: 'Weight', description: 'Share of traffic against the other targets.', default: 1, minimum: 1, maximum: 1000 }), expiresInSeconds: expiry, reason }),
    answers: { 200: presented },
    audits: 'targets.weight',
    async handle({ deps, body, actor, requestId }) {
      const { tenantCode } = await findTarget(deps.db, actor, body)
      const row = await overrideTarget({ deps, actor, requestId }, placeOf(body), { tenantCode, kind: 'weight', weight: body.weight, ...lastingOf(body) })
      return { status: 200, body: presentOverride(row) }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/targets/restore',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'targets',
    summary: 'Take back what people said about a target: it is used as it is configured, at once and on every node',
    body: strictObject({ ...place, kind: Type.Optional(words(['ejected', 'weight'], { description: 'Only this; without it, everything.' })) }),
    answers: { 204: { description: 'It is used as it is configured.' } },
    audits: 'targets.restore',
    async handle({ deps, body, actor, requestId }) {
      const { upstreamId, targetId, kind } = body
      const tenantCode = await checkRestore(deps.db, actor, body)
      const removed = await restoreTarget({ deps, actor, requestId }, { upstreamId, targetId }, kind === undefined ? ['ejected', 'weight'] : [kind], tenantCode)
      if (removed === 0) throw new AppError('not_found', { message: `Nobody took the target ${targetId} out or weighted it anew.` })
      return { status: 204 }
    }
  })
]

function placeOf({ upstreamId, targetId }: { upstreamId: string; targetId: string }) {
  return { upstreamId, targetId }
}

function lastingOf({ expiresInSeconds, reason: why }: { expiresInSeconds?: number; reason: string }): { reason: string; expiresAt: Date | null } {
  return { reason: why, expiresAt: expiresInSeconds === undefined ? null : new Date(Date.now() + expiresInSeconds * 1000) }
}
