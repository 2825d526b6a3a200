import Type from 'typebox'
import { sha256Hex, strictObject } from '../../../shared/schema/field.ts'
import { IssueSchema } from '../../../shared/schema/issue-schema.ts'
import type { Decoded } from '../../../shared/schema/issue.ts'
import { Desired } from '../../../shared/schema/node-api.ts'
import { OnlyResources } from '../../../shared/schema/publish.ts'
import { ResourceChange } from '../../../shared/schema/resource-change.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { tenantsOf } from '../../auth/actor.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { hashContent } from '../../publishing/content-hash.ts'
import { discardDraft } from '../../publishing/discard.ts'
import { contentOf, desiredOf } from '../../publishing/live.ts'
import { readSelected } from '../../publishing/select-content.ts'
import { withOrigins } from '../../snapshots/change-origins.ts'
import { explainEndpoint } from './explain-endpoint.ts'
import { placedContent } from './content-at.ts'
import { holdEndpoints } from './hold-endpoints.ts'
import { proposalEndpoints } from './proposal-endpoints.ts'
import { publishEndpoints } from './publish-endpoints.ts'
import { sliceIssues } from '../../tenancy/check-slice.ts'
import { draftIssues } from '../../tenancy/draft-issues.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleOrigins } from '../../tenancy/visible-origins.ts'
import { visibleDiff } from '../../tenancy/visible-diff.ts'

const place = Type.String({ pattern: '^(live|draft|[1-9]\\d{0,8})$', form: 'live, draft or a revision number', description: 'live, draft or a revision.' })

const idList = Type.String({ maxLength: 8000, pattern: '^[0-9a-f-]{36}(,[0-9a-f-]{36})*$', form: 'ids with commas between them', description: 'Only these resources, as `only` of the publish.' })

const Validation = strictObject({
  issues: Type.Array(IssueSchema),
  draftHash: sha256Hex(),
  live: Type.Union([Desired, Type.Null()], { description: 'null before the first publish.' }),
  behindRollback: Type.Boolean({ description: 'The last publish was a rollback: publishing this draft needs acknowledgeRollback, or a discard.' })
})

export const configEndpoints: Endpoint[] = [
  explainEndpoint,
  endpoint({
    method: 'POST',
    path: '/config/validate',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Check the draft, or what live would be with a part of it; changes nothing',
    body: strictObject({ only: Type.Optional(OnlyResources) }),
    answers: { 200: { description: 'Every issue, and the hash to publish with.', schema: Validation } },
    async handle({ deps, actor, body }) {
      const selection = { only: body.only, tenants: tenantsOf(actor) }
      const [{ live, selected }, configuration, scope] = await Promise.all([readSelected(deps.db, selection), deps.db.configuration.findByPk(1), tenantScopeOf(deps.db, actor)])
      const content: Decoded<SnapshotContent> = selected.ok ? { ...selected, value: selected.value.content } : selected
      const draftHash = content.ok ? hashContent(content.value).sha256 : '0'.repeat(64)
      const issues = scope !== null && content.ok ? await sliceIssues(deps, content.value, scope, contentOf(live)) : await draftIssues(deps, content, scope)
      return { status: 200, body: { issues, draftHash, live: live && desiredOf(live), behindRollback: configuration?.behindRollback ?? false } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/config/diff',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'What differs between two of live, draft and any revision, and who changed it',
    query: strictObject({ from: Type.String({ ...place, default: 'live' }), to: Type.String({ ...place, default: 'draft' }), only: Type.Optional(idList) }),
    answers: { 200: { description: 'One entry per resource, with its fields, who changed it last between the two, and when.', schema: strictObject({ changes: Type.Array(ResourceChange) }) } },
    async handle({ deps, query, actor }) {
      const scope = await tenantScopeOf(deps.db, actor)
      const [from, to] = await Promise.all([placedContent(deps.db, query.from, scope), placedContent(deps.db, query.to, scope)])
      const only = query.only?.split(',')
      const wanted = visibleDiff(from.content, to.content, scope).filter(({ id }) => only === undefined || only.includes(id))
      const changes = await withOrigins(deps.db, wanted, from, to)
      return { status: 200, body: { changes: visibleOrigins(changes, [from.content, to.content], scope) } }
    }
  }),
  ...publishEndpoints,
  ...holdEndpoints,
  ...proposalEndpoints,
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
