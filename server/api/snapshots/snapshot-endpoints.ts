import { Op } from 'sequelize'
import Type from 'typebox'
import { strictObject, words } from '../../../shared/schema/field.ts'
import { Ack } from '../../../shared/schema/node-api.ts'
import { SnapshotContentSchema, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import { AppError } from '../../http/app-error.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { pageLimit, pageQuery } from '../../http/page.ts'
import { findSnapshot, presentSnapshotHead } from '../../publishing/live.ts'
import { rolloutOf } from '../../publishing/rollout.ts'

/** @throws AppError not_found for what is no revision number. */
function revisionFrom(params: Record<string, string>): number {
  const text = params['revision'] ?? ''
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new AppError('not_found', { message: 'A revision is a number, 1 or more.' })
  return Number(text)
}

const NodeRollout = strictObject({
  nodeId: Type.String(),
  state: words(['pending', 'applied', 'applied_with_issues', 'refused'], { description: 'pending: nothing heard yet.' }),
  ...Type.Partial(Ack).properties
})

export const snapshotEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/snapshots',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'List revisions, newest first',
    query: strictObject({ limit: pageQuery.limit, cursor: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,8}$', form: 'the nextCursor of another page', description: 'nextCursor of the page before.' })) }),
    answers: { 200: { description: 'A page of revisions without their content.', schema: pageOf(SnapshotHead) } },
    async handle({ deps, query }) {
      const limit = pageLimit(query.limit)
      const configuration = await deps.db.configuration.findByPk(1)
      const before = query.cursor === undefined ? {} : { revision: { [Op.lt]: Number(query.cursor) } }
      const rows = await deps.db.snapshots.findAll({ where: { epoch: configuration?.epoch ?? '', ...before }, attributes: { exclude: ['content'] }, order: [['revision', 'DESC']], limit: limit + 1 })
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return { status: 200, body: { items: items.map(presentSnapshotHead), nextCursor: rows.length > limit && last ? String(last.revision) : null } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:revision',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'Read a revision with its content',
    answers: { 200: { description: 'The snapshot.', schema: strictObject({ ...SnapshotHead.properties, content: SnapshotContentSchema }) } },
    async handle({ deps, params }) {
      const row = await findSnapshot(deps.db, revisionFrom(params))
      return { status: 200, body: `${JSON.stringify(presentSnapshotHead(row)).slice(0, -1)},"content":${row.content}}` }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:revision/rollout',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'What each node did with a revision, thread by thread',
    answers: { 200: { description: 'One entry per node that should serve it or reported on it.', schema: strictObject({ revision: Type.Integer(), nodes: Type.Array(NodeRollout) }) } },
    async handle({ deps, params }) {
      const { epoch, revision } = await findSnapshot(deps.db, revisionFrom(params))
      return { status: 200, body: { revision, nodes: await rolloutOf(deps.db, epoch, revision) } }
    }
  })
]
