import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EMPTY_CONTENT } from './live.ts'
import { composeContent, unknownIds } from './compose-content.ts'

const route = (id: string, name: string, tenantCode?: string) => ({ id, name, ...(tenantCode === undefined ? {} : { tenantCode }) })
const content = (...routes: object[]) => ({ ...EMPTY_CONTENT, routes }) as typeof EMPTY_CONTENT
const namesOf = ({ routes }: typeof EMPTY_CONTENT) => routes.map(({ name }) => name)

const live = content(route('a', 'kept'), route('c', 'old', 'one'), route('d', 'gone', 'one'), route('e', 'theirs', 'two'))
const draft = content(route('a', 'edited'), route('b', 'new', 'one'), route('c', 'newer', 'one'), route('e', 'edited too', 'two'))

describe('a part of the draft', () => {
  test('is all of it when nothing is left out', () => {
    assert.equal(composeContent(live, draft, { tenants: null }), draft)
  })

  test('by ids: new, changed and deleted ones, in the order of ids; the rest stays as it is live', () => {
    assert.deepEqual(namesOf(composeContent(live, draft, { only: ['b', 'd'], tenants: null })), ['kept', 'new', 'old', 'theirs'])
    assert.deepEqual(composeContent(live, draft, { only: ['a', 'b', 'c', 'd', 'e'], tenants: null }), draft)
  })

  test('by tenant: its resources, and no others', () => {
    assert.deepEqual(namesOf(composeContent(live, draft, { tenants: ['one'] })), ['kept', 'new', 'newer', 'theirs'])
    assert.deepEqual(namesOf(composeContent(live, draft, { only: ['c', 'e'], tenants: ['one'] })), ['kept', 'newer', 'gone', 'theirs'])
    assert.deepEqual(composeContent(live, draft, { tenants: [] }), live)
  })

  test('by tenant leaves alone what goes to another tenant or comes from one', () => {
    const moved = content(route('a', 'taken', 'one'), route('c', 'given', 'two'), route('e', 'theirs', 'two'))
    assert.deepEqual(namesOf(composeContent(live, moved, { tenants: ['one'] })), ['kept', 'old', 'theirs'])
    assert.deepEqual(namesOf(composeContent(live, moved, { tenants: ['one', 'two'] })), ['kept', 'given', 'theirs'])
  })

  test('knows ids that are of nothing, or of others', () => {
    assert.deepEqual(unknownIds(live, draft, { only: ['a', 'x'], tenants: null }), [{ id: 'x', index: 1 }])
    assert.deepEqual(unknownIds(live, draft, { only: ['b', 'd', 'a'], tenants: ['one'] }), [{ id: 'a', index: 2 }])
  })
})
