import Type, { type TProperties } from 'typebox'
import { sha256Hex, strictObject, timestamp, uuid, words } from './field.ts'
import { IssueSchema } from './issue-schema.ts'

const revision = () => Type.Integer({ minimum: 1 })
const name = (description: string) => Type.String({ maxLength: 320, description })
const nodeId = () => Type.String({ maxLength: 128 })
const reason = () => Type.String({ maxLength: 2048, description: 'Why, in one sentence.' })
const note = () => Type.String({ maxLength: 2000 })
const id = () => Type.String({ maxLength: 128 })
/** What a node serves or should serve. */
const place = () => strictObject({ epoch: uuid(), revision: revision(), sha256: sha256Hex() })

const target = () => ({ upstreamId: uuid(), targetId: Type.String({ maxLength: 200 }) })
const expiry = () => Type.Union([timestamp(), Type.Null()], { description: 'When it is over by itself.' })

/** Most issues that an event carries; the API has all of them. */
export const MOST_EVENT_ISSUES = 10

function event<const K extends string, D extends TProperties>(kind: K, description: string, data: D) {
  return strictObject({
    kind: words([kind]),
    at: timestamp(),
    tenantCode: Type.Optional(Type.String({ maxLength: 128, description: 'Of an event that concerns one tenant only.' })),
    data: strictObject(data)
  }, { description })
}

/**
 * What happened, told to people and programs as it happens: on CHANNELS.events, in the live feed and to webhooks. It says
 * little; whoever wants all of it asks the API.
 */
export const GatewayEvent = Type.Union([
  event('publish', 'A revision became live.', { epoch: uuid(), revision: revision(), sha256: sha256Hex(), by: name('Who published.'), note: note() }),
  event('rollback', "An old revision's content became live again.", { epoch: uuid(), revision: revision(), sha256: sha256Hex(), contentOf: revision(), by: name('Who rolled back.'), note: note() }),
  event('applied', 'A node serves a revision; with issues: all of it but these.', { nodeId: nodeId(), epoch: uuid(), revision: revision(), issues: Type.Array(IssueSchema, { maxItems: MOST_EVENT_ISSUES }) }),
  event('refusal', 'A node refused a revision and serves on what it had.', { nodeId: nodeId(), epoch: uuid(), revision: revision(), issues: Type.Array(IssueSchema, { maxItems: MOST_EVENT_ISSUES }) }),
  event('drift', "A node serves another content than the one that its revision's number stands for.", { nodeId: nodeId(), serving: place(), expected: Type.Union([place(), Type.Null()], { description: 'null: the revision is not known here.' }) }),
  event('drift_ended', 'A node that drifted serves what it should again.', { nodeId: nodeId() }),
  event('canary_started', 'A revision goes to some nodes first.', { revision: revision(), nodes: Type.Array(nodeId(), { maxItems: 1000 }), holdSeconds: Type.Integer({ minimum: 0 }), by: name('Who published.') }),
  event('canary_promoted', 'The canary held; every node gets its revision.', { revision: revision(), by: name('Who promoted, or the job.'), reason: reason() }),
  event('canary_rolled_back', 'The canary did not hold; every node gets the content before.', { revision: revision(), restored: Type.Union([revision(), Type.Null()], { description: 'The new revision with the content before.' }), by: name('Who aborted, or the job.'), reason: reason() }),
  event('confirmed', 'A publish that waited for a confirmation was confirmed.', { revision: revision(), by: name('Who confirmed.') }),
  event('unconfirmed_rolled_back', 'A publish was not confirmed in time; every node gets the content before.', { revision: revision(), restored: Type.Union([revision(), Type.Null()]), reason: reason() }),
  event('proposal_created', 'A publish waits for the approval of a second person.', { proposalId: uuid(), by: name('Who proposed.'), note: note() }),
  event('proposal_decided', 'A proposed publish was approved or rejected.', { proposalId: uuid(), decision: words(['approved', 'rejected']), by: name('Who decided.'), revision: Type.Union([revision(), Type.Null()]) }),
  event('node_gone', 'A node was not heard of for a minute.', { nodeId: nodeId(), lastHeartbeatAt: Type.Union([timestamp(), Type.Null()]) }),
  event('node_back', 'A node that was gone is heard of again.', { nodeId: nodeId() }),
  event('node_appeared', 'A node is heard of for the first time.', { nodeId: nodeId(), version: Type.String({ maxLength: 64 }) }),
  event('node_unknown', 'A node that was online was not heard of for seconds.', { nodeId: nodeId(), lastHeartbeatAt: timestamp() }),
  event('node_online', 'A node that was unknown is heard of again.', { nodeId: nodeId() }),
  event('node_behind', 'A node does not serve what it should.', { nodeId: nodeId(), serving: Type.Union([place(), Type.Null()]), desired: place() }),
  event('node_caught_up', 'A node that was behind serves what it should.', { nodeId: nodeId() }),
  event('node_drained', 'A person drained a node.', { nodeId: nodeId(), closePorts: Type.Boolean(), by: name('Who.'), reason: reason() }),
  event('node_undrained', 'A person ended the drain of a node.', { nodeId: nodeId(), by: name('Who.') }),
  event('target_ejected', 'A person took a target out.', { ...target(), by: name('Who.'), reason: reason(), expiresAt: expiry() }),
  event('target_weighted', 'A person gave a target another weight.', { ...target(), weight: Type.Integer(), by: name('Who.'), reason: reason(), expiresAt: expiry() }),
  event('target_restored', 'A person took back what was said about a target.', { ...target(), by: name('Who.') }),
  event('certificate_due', 'A certificate ends soon and nothing renews it.', { certificateId: id(), name: name('Of the certificate.'), notAfter: timestamp() }),
  event('certificate_failed', 'A certificate could not be ordered.', { name: name('What was ordered for.'), reason: reason() })
])
export type GatewayEvent = Type.Static<typeof GatewayEvent>
export type EventKind = GatewayEvent['kind']
