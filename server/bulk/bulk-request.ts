import Type from 'typebox'
import { strictObject, uuid, words } from '../../shared/schema/field.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { invalidRequest } from '../http/app-error.ts'
import { RESOURCE_LISTS } from '../resources/list-resources.ts'

/** Most resources of one change. */
export const MOST_BULK = 10_000

export type BulkKind = 'routes' | 'upstreams'
export type BulkAction = 'enable' | 'disable' | 'label' | 'unlabel' | 'delete' | 'move'

/** What is to be done with many resources at once. */
export interface BulkRequest {
  action: BulkAction
  ids?: string[]
  /** As the parameters of the list. */
  filter?: Record<string, string>
  expectedCount?: number
  labels?: Record<string, string>
  labelNames?: string[]
  upstreamId?: string
  listenerIds?: string[]
}

/** Which fields an action takes; of `move` exactly one. */
const FIELDS: Readonly<Record<BulkAction, readonly (keyof BulkRequest)[]>> = {
  enable: [],
  disable: [],
  label: ['labels'],
  unlabel: ['labelNames'],
  delete: [],
  move: ['upstreamId', 'listenerIds']
}
const ACTION_FIELDS = ['labels', 'labelNames', 'upstreamId', 'listenerIds'] as const

const shared = {
  ids: Type.Optional(Type.Array(uuid(), { minItems: 1, maxItems: MOST_BULK, uniqueItems: true, description: 'Exactly these; or give a filter.' })),
  expectedCount: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_BULK, description: 'How many the filter finds, as you saw it; when it finds another number, nothing is changed.' })),
  labels: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$' }), Type.String({ maxLength: 256 }), { maxProperties: 64, description: 'Labels to set, for label.' })),
  labelNames: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 64, description: 'Labels to remove, for unlabel.' }))
}

/** The body of a bulk change of a kind. What fits together is checked by checkBulkRequest. */
export function bulkRequestSchema(kind: BulkKind) {
  const filters = Object.fromEntries(Object.entries(RESOURCE_LISTS[kind].filters).map(([name, { schema }]) => [name, Type.Optional(schema)]))
  const filter = Type.Optional(strictObject(filters, { description: 'As the parameters of the list, with expectedCount.' }))
  const actions: [string, ...string[]] = ['enable', 'disable', 'label', 'unlabel', 'delete', ...(kind === 'routes' ? ['move'] : [])]
  const action = words(actions, { description: kind === 'routes' ? 'What to do; move needs upstreamId or listenerIds.' : 'What to do.' })
  if (kind === 'upstreams') return strictObject({ action, filter, ...shared })
  return strictObject({
    action,
    filter,
    ...shared,
    upstreamId: Type.Optional(uuid({ description: 'Where to move the routes that have an upstream.' })),
    listenerIds: Type.Optional(Type.Array(uuid(), { maxItems: 100, uniqueItems: true, description: 'The listeners to move the routes to; none: all.' }))
  })
}

/** @throws AppError invalid_request that names every field that is missing or does not belong to the action. */
export function checkBulkRequest(request: BulkRequest): void {
  const { action, ids, filter, expectedCount } = request
  const issues: Issue[] = []
  if ((ids === undefined) === (filter === undefined)) issues.push(errorIssue(ids === undefined ? '/ids' : '/filter', 'required', 'give either ids or a filter'))
  if (filter !== undefined && expectedCount === undefined) issues.push(errorIssue('/expectedCount', 'required', 'a filter needs expectedCount: how many it finds'))
  const wanted = FIELDS[action]
  for (const field of ACTION_FIELDS) {
    if (request[field] !== undefined && !wanted.includes(field)) issues.push(errorIssue(`/${field}`, 'invalid_value', `${field} has no meaning for ${action}`))
  }
  const given = wanted.filter((field) => request[field] !== undefined)
  if (wanted.length > 0 && given.length !== 1) issues.push(errorIssue(`/${given[1] ?? wanted[0]}`, given.length === 0 ? 'required' : 'invalid_value', `${action} needs ${wanted.length === 1 ? wanted[0] : `one of ${wanted.join(' and ')}`}`))
  if (issues.length > 0) throw invalidRequest(issues)
}
