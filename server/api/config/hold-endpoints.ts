import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { actorName, tenantsOf } from '../../auth/actor.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, type EndpointRequest, endpoint } from '../../http/endpoint.ts'
import { confirmPublish, type Decision, promoteCanary, restoreBefore } from '../../publishing/holds/end-hold.ts'
import { findOpenHold, isCanary, isUnconfirmed } from '../../publishing/holds/open-hold.ts'
import { Hold, presentHold } from '../../publishing/holds/present-hold.ts'
import { isOwnHold } from '../../tenancy/own-hold.ts'

const reason = Type.String({ maxLength: 2000, default: '', description: 'Why; in the audit.' })
const nothing = { 204: { description: 'Done; 409 no_hold when there was nothing to do.' } }

export const holdEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/config/hold',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'The publish that may go back by itself: a canary with its figures, or one that waits for its confirmation',
    answers: { 200: { description: 'null when nothing is held.', schema: strictObject({ hold: Type.Union([Hold, Type.Null()]) }) } },
    async handle({ deps, actor }) {
      const hold = await openHold(deps)
      return { status: 200, body: { hold: hold && (await presentHold(deps.db, hold, tenantsOf(actor))) } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/confirm',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Keep a revision that was published with confirmWithinSeconds',
    body: strictObject({ revision: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
    answers: nothing,
    audits: 'config.confirm',
    async handle(request) {
      await ownHold(request)
      await confirmPublish(request.deps, request.body.revision, decisionOf(request, 'confirmed by a person'))
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/canary/promote',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Give the revision of the canary to every node now',
    body: strictObject({ reason }),
    answers: nothing,
    audits: 'config.canary_promote',
    async handle(request) {
      await promoteCanary(request.deps, await ownCanary(request), decisionOf(request, request.body.reason || 'promoted by a person'))
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/canary/abort',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Publish the content before the canary again, as a new revision for every node',
    body: strictObject({ reason }),
    answers: nothing,
    audits: 'config.canary_roll_back',
    async handle(request) {
      await restoreBefore(request.deps, await ownCanary(request), 'canary', decisionOf(request, request.body.reason || 'aborted by a person'))
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/unconfirmed/abort',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Publish the content before an unconfirmed revision again, without waiting for its time to be over',
    body: strictObject({ reason }),
    answers: nothing,
    audits: 'config.unconfirmed_roll_back',
    async handle(request) {
      await restoreBefore(request.deps, await ownUnconfirmed(request), 'unconfirmed', decisionOf(request, request.body.reason || 'aborted by a person'))
      return { status: 204 }
    }
  })
]

async function openHold({ db }: Deps) {
  const configuration = await db.configuration.findByPk(1)
  return configuration && findOpenHold(db, configuration.epoch)
}

/** What is held, if the actor may decide about it. @throws AppError outside_grant when it concerns tenants of others */
async function ownHold({ deps, actor }: Pick<EndpointRequest, 'deps' | 'actor'>) {
  const hold = await openHold(deps)
  if (hold === null || isOwnHold(hold, tenantsOf(actor))) return hold
  throw new AppError('outside_grant', { message: `Revision ${hold.revision} concerns more than your tenants: who published it decides about it, or a publisher who is not limited to tenants.` })
}

/** The revision of the canary. @throws AppError no_hold */
async function ownCanary(request: Pick<EndpointRequest, 'deps' | 'actor'>): Promise<number> {
  const hold = await ownHold(request)
  if (hold === null) throw new AppError('no_hold', { message: 'No canary is held.' })
  if (!isCanary(hold)) throw new AppError('no_hold', { message: `Every node gets revision ${hold.revision} already; it waits for its confirmation until ${hold.confirmUntil?.toISOString()}, and without it goes back by itself. POST /config/unconfirmed/abort takes it back now.` })
  return hold.revision
}

/** The revision that waits for its confirmation. @throws AppError no_hold */
async function ownUnconfirmed(request: Pick<EndpointRequest, 'deps' | 'actor'>): Promise<number> {
  const hold = await ownHold(request)
  if (hold === null || !isUnconfirmed(hold)) throw new AppError('no_hold', { message: 'No revision waits for its confirmation.' })
  return hold.revision
}

function decisionOf({ actor, requestId }: Pick<EndpointRequest, 'actor' | 'requestId'>, reason: string): Decision {
  return { by: actorName(actor), requestId, reason }
}
