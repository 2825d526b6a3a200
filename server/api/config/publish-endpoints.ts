import Type from 'typebox'
import { sha256Hex, strictObject, timestamp, uuid } from '../../../shared/schema/field.ts'
import { IssueSchema } from '../../../shared/schema/issue-schema.ts'
import { PublishBody } from '../../../shared/schema/publish.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { publish } from '../../publishing/publish.ts'
import { rollback } from '../../publishing/rollback.ts'

const note = Type.String({ maxLength: 2000, default: '', description: 'Why; shown in the history.' })
const revision = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

export const PublishAnswer = strictObject({
  epoch: uuid(),
  revision,
  sha256: sha256Hex(),
  unchanged: Type.Boolean({ description: 'It equals what is live; nothing was published.' }),
  issues: Type.Array(IssueSchema, { description: 'Warnings.' }),
  nodes: Type.Array(Type.String(), { description: 'The nodes that should serve it now.' }),
  announced: Type.Boolean({ description: 'The nodes were nudged over Redis; else they find it by polling.' }),
  canary: Type.Optional(strictObject({ nodes: Type.Array(Type.String()), holdSeconds: Type.Integer() }, { description: 'These nodes first; GET /config/hold tells how it goes.' })),
  confirmUntil: Type.Optional(timestamp({ description: 'It goes back by itself unless it is confirmed until then.' }))
})

const ProposalAnswer = strictObject({
  proposalId: uuid({ description: 'POST /config/proposals/ID/approve by another person publishes it.' }),
  sha256: sha256Hex({ description: 'Of what would be published.' }),
  issues: Type.Array(IssueSchema, { description: 'Warnings.' })
})

export const published = {
  200: { description: 'Nothing to publish: equal to what is live.', schema: PublishAnswer },
  201: { description: 'Published.', schema: PublishAnswer }
}

export const publishEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/config/publish',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Freeze the draft, or a part of it, into the next snapshot and make it what every node should serve, or some first',
    body: PublishBody,
    answers: { ...published, 202: { description: 'A second person has to approve it first (PUBLISH_APPROVAL).', schema: ProposalAnswer } },
    audits: 'config.publish',
    async handle(request) {
      const result = await publish(request, request.body)
      if ('proposalId' in result) return { status: 202, body: result }
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
  })
]
