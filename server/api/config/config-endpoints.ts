import Type from 'typebox'
import { sha256Hex, strictObject, uuid } from '../../../shared/schema/field.ts'
import { IssueSchema } from '../../../shared/schema/issue-schema.ts'
import { Desired } from '../../../shared/schema/node-api.ts'
import { ResourceChange } from '../../../shared/schema/resource-change.ts'
import { diffContent } from '../../../shared/snapshot/diff.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { readDraft } from '../../publishing/assemble-draft.ts'
import { contentIssues } from '../../publishing/content-issues.ts'
import { hashContent } from '../../publishing/content-hash.ts'
import { discardDraft } from '../../publishing/discard.ts'
import { desiredOf, findLive } from '../../publishing/live.ts'
import { publish } from '../../publishing/publish.ts'
import { rollback } from '../../publishing/rollback.ts'
import { explainEndpoint } from './explain-endpoint.ts'
import { contentAt } from './content-at.ts'

const note = Type.String({ maxLength: 2000, default: '', description: 'Why; shown in the history.' })
const revision = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const place = Type.String({ pattern: '^(live|draft|[1-9]\\d{0,8})$', form: 'live, draft or a revision number', description: 'live, draft or a revision.' })

const PublishAnswer = strictObject({
  epoch: uuid(),
  revision,
  sha256: sha256Hex(),
  unchanged: Type.Boolean({ description: 'The draft equals what is live; nothing was published.' }),
  issues: Type.Array(IssueSchema, { description: 'Warnings.' }),
  nodes: Type.Array(Type.String(), { description: 'The nodes that should serve it now.' }),
  announced: Type.Boolean({ description: 'The nodes were nudged over Redis; else they find it by polling.' })
})

const Validation = strictObject({
  issues: Type.Array(IssueSchema),
  draftHash: sha256Hex(),
  live: Type.Union([Desired, Type.Null()], { description: 'null before the first publish.' }),
  behindRollback: Type.Boolean({ description: 'The last publish was a rollback: publishing this draft needs acknowledgeRollback, or a discard.' })
})

const published = {
  200: { description: 'Nothing to publish: equal to what is live.', schema: PublishAnswer },
  201: { description: 'Published.', schema: PublishAnswer }
}

export const configEndpoints: Endpoint[] = [
  explainEndpoint,
  endpoint({
    method: 'POST',
    path: '/config/validate',
    permission: 'viewer',
    tag: 'config',
    summary: 'Check the whole draft; changes nothing',
    answers: { 200: { description: 'Every issue, and the hash to publish with.', schema: Validation } },
    async handle({ deps }) {
      const [draft, live, configuration] = await Promise.all([readDraft(deps.db), findLive(deps.db), deps.db.configuration.findByPk(1)])
      const hash = draft.ok ? hashContent(draft.value).sha256 : '0'.repeat(64)
      return { status: 200, body: { issues: draft.ok ? await contentIssues(deps, draft.value) : draft.issues, draftHash: hash, live: live && desiredOf(live), behindRollback: configuration?.behindRollback ?? false } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/config/diff',
    permission: 'viewer',
    tag: 'config',
    summary: 'What differs between two of live, draft and any revision',
    query: strictObject({ from: Type.String({ ...place, default: 'live' }), to: Type.String({ ...place, default: 'draft' }) }),
    answers: { 200: { description: 'One entry per resource, with its fields.', schema: strictObject({ changes: Type.Array(ResourceChange) }) } },
    async handle({ deps, query }) {
      const [from, to] = await Promise.all([contentAt(deps.db, query.from), contentAt(deps.db, query.to)])
      return { status: 200, body: { changes: diffContent(from, to) } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/publish',
    permission: 'publisher',
    tag: 'config',
    summary: 'Freeze the draft into the next snapshot and make it what every node should serve',
    body: strictObject({
      expectedRevision: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'The live revision you looked at; 0 before the first publish.' }),
      expectedDraftHash: sha256Hex({ description: 'draftHash of the validation.' }),
      note,
      acknowledgeRollback: Type.Boolean({ default: false, description: 'Publish although the last publish was a rollback.' }),
      force: Type.Boolean({ default: false, description: 'Publish although draft or revision moved on, or nodes are too old; noted in the audit.' })
    }),
    answers: published,
    audits: 'config.publish',
    async handle(request) {
      const result = await publish(request, request.body)
      return { status: result.unchanged ? 200 : 201, body: result }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/rollback',
    permission: 'publisher',
    tag: 'config',
    summary: 'Publish the content of an old revision as a new one; the draft stays as it is',
    body: strictObject({ revision, note }),
    answers: published,
    audits: 'config.rollback',
    async handle(request) {
      const result = await rollback(request, request.body.revision, request.body.note)
      return { status: result.unchanged ? 200 : 201, body: result }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/discard',
    permission: 'editor',
    tag: 'config',
    summary: 'Set the draft back to what is live',
    answers: { 200: { description: 'How many resources changed.', schema: strictObject({ changed: Type.Integer() }) } },
    audits: 'config.discard',
    handle: async (request) => ({ status: 200, body: { changed: await discardDraft(request) } })
  })
]
