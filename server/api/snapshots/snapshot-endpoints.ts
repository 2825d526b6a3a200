import Type from 'typebox'
import { strictObject, uuid, words } from '../../../shared/schema/field.ts'
import { DRAFTED_KINDS } from '../../../shared/schema/resource.ts'
import { SnapshotContentSchema } from '../../../shared/schema/snapshot.ts'
import { actorName } from '../../auth/actor.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contentOf, findSnapshot } from '../../publishing/live.ts'
import { etagOf } from '../../resources/if-match.ts'
import { presentResource } from '../../resources/present-resource.ts'
import { listSnapshots, SNAPSHOT_LIST } from '../../snapshots/list-snapshots.ts'
import { pinSnapshot, unpinSnapshot } from '../../snapshots/pin-snapshot.ts'
import { presentSnapshot, SnapshotItem } from '../../snapshots/present-snapshot.ts'
import { sameContentBefore } from '../../snapshots/same-content.ts'
import { restoreResource } from '../../snapshots/restore-resource.ts'
import { revisionFrom } from './revision-from.ts'
import { rolloutEndpoint } from './rollout-endpoint.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleContent } from '../../tenancy/visible-content.ts'
import { visibleSnapshot } from '../../tenancy/visible-snapshot.ts'

const readEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/snapshots',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'snapshots',
    summary: 'List revisions, newest first',
    query: SNAPSHOT_LIST.query,
    answers: { 200: { description: 'A page of revisions without their content.', schema: pageOf(SnapshotItem) } },
    handle: async ({ deps, query, actor }) => ({ status: 200, body: await listSnapshots(deps.db, query, await tenantScopeOf(deps.db, actor), actorName(actor)) })
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:revision',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'snapshots',
    summary: 'Read a revision with its content',
    answers: { 200: { description: 'The snapshot.', schema: strictObject({ ...SnapshotItem.properties, content: SnapshotContentSchema }) } },
    async handle({ deps, params, actor }) {
      const scope = await tenantScopeOf(deps.db, actor)
      const row = await findSnapshot(deps.db, revisionFrom(params))
      const pin = await deps.db.snapshotPins.findOne({ where: { epoch: row.epoch, revision: row.revision } })
      const item = presentSnapshot(row, pin, (await sameContentBefore(deps.db, [row.revision])).get(row.revision))
      if (scope !== null) return { status: 200, body: { ...visibleSnapshot(item, scope, actorName(actor)), content: visibleContent(contentOf(row), scope) } }
      return { status: 200, body: `${JSON.stringify(item).slice(0, -1)},"content":${row.content}}` }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:revision/content',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'Read the content of a revision alone, as the very text that its sha256 is of',
    answers: { 200: { description: 'Canonical JSON (RFC 8785).', schema: SnapshotContentSchema } },
    handle: async ({ deps, params }) => ({ status: 200, body: (await findSnapshot(deps.db, revisionFrom(params))).content })
  }),
  rolloutEndpoint
]

const writeEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/snapshots/:revision/pin',
    permission: 'publisher',
    tag: 'snapshots',
    summary: 'Keep a revision for ever, and what it names; once more changes the note',
    body: strictObject({ note: Type.String({ maxLength: 2000, default: '', description: 'Why it is kept.' }) }),
    answers: { 200: { description: 'The revision with its pin.', schema: SnapshotItem } },
    audits: 'snapshots.pin',
    handle: async (request) => ({ status: 200, body: await pinSnapshot(request, revisionFrom(request.params), request.body.note) })
  }),
  endpoint({
    method: 'DELETE',
    path: '/snapshots/:revision/pin',
    permission: 'publisher',
    tag: 'snapshots',
    summary: 'Let a pinned revision go the way of the others',
    answers: { 204: { description: 'Unpinned.' } },
    audits: 'snapshots.unpin',
    async handle(request) {
      await unpinSnapshot(request, revisionFrom(request.params))
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/snapshots/:revision/restore',
    permission: 'editor',
    tenantScoped: true,
    tag: 'snapshots',
    summary: 'Set one resource of the draft to what it was in a revision',
    body: strictObject({
      kind: words([...DRAFTED_KINDS], { description: 'Kind of the resource.' }),
      id: uuid({ description: 'Its id.' }),
      version: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0, description: 'The version of it that you saw in the draft; 0 when it is not there.' })
    }),
    answers: {
      200: {
        description: 'The resource of the draft, with its version as ETag.',
        schema: strictObject({
          outcome: words(['created', 'updated', 'undeleted'], { description: 'What became of the draft.' }),
          resource: Type.Record(Type.String(), Type.Unknown(), { description: 'The resource as GET of its kind shows it.' })
        })
      }
    },
    audits: 'snapshots.restore',
    async handle(request) {
      const { outcome, row } = await restoreResource(request, revisionFrom(request.params), request.body)
      return { status: 200, body: { outcome, resource: presentResource(row) }, headers: { etag: etagOf(row.version) } }
    }
  })
]

export const snapshotEndpoints: Endpoint[] = [...readEndpoints, ...writeEndpoints]
