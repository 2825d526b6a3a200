import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { contentOf, testId } from '../testing/content.ts'
import { diffContent } from './diff.ts'

describe('diffContent', () => {
  test('of equal configurations is empty, also when made apart', () => {
    assert.deepEqual(diffContent(contentOf({ routes: [{}] }), contentOf({ routes: [{}] })), [])
  })

  test('names what was added and removed, by kind and then by id', () => {
    const from = contentOf({ listeners: [{ number: 3 }, { number: 1 }], upstreams: [], routes: [{ number: 5, name: 'old' }] })
    const to = contentOf({ listeners: [{ number: 1 }, { number: 2 }], upstreams: [{}], routes: [] })
    assert.deepEqual(diffContent(from, to), [
      { kind: 'listeners', id: testId(2), name: 'listener 2', change: 'added', fields: [] },
      { kind: 'listeners', id: testId(3), name: 'listener 3', change: 'removed', fields: [] },
      { kind: 'upstreams', id: testId(1), name: 'upstream 1', change: 'added', fields: [] },
      { kind: 'routes', id: testId(5), name: 'old', change: 'removed', fields: [] }
    ])
  })

  test('points at each field that changed, appeared or went away', () => {
    const from = contentOf({ routes: [{ name: 'a', description: 'x', labels: { 'k/1': 'v' }, match: { hosts: ['a.example', 'b.example'] } }] })
    const to = contentOf({ routes: [{ name: 'b', priority: 1, labels: { 'k/1': 'w' }, match: { hosts: ['a.example', 'c.example'], path: { type: 'exact', value: '/' } } }] })
    const [change] = diffContent(from, to)
    assert.equal(change?.name, 'b')
    assert.deepEqual(new Map(change?.fields.map(({ path, ...values }) => [path, values])), new Map<string, object>([
      ['/name', { from: 'a', to: 'b' }],
      ['/description', { from: 'x' }],
      ['/labels/k~11', { from: 'v', to: 'w' }],
      ['/match/hosts/1', { from: 'b.example', to: 'c.example' }],
      ['/match/path', { to: { type: 'exact', value: '/' } }],
      ['/priority', { from: 0, to: 1 }]
    ]))
  })

  test('shows a list of another length as a whole', () => {
    const from = contentOf({ upstreams: [{ targets: [] }] })
    const to = contentOf()
    const [change] = diffContent(from, to)
    assert.deepEqual(change?.fields, [{ path: '/targets', from: [], to: to.upstreams[0]?.targets }])
  })

  test('the way back swaps from and to', () => {
    const from = contentOf({ routes: [{ priority: 1 }, {}] })
    const to = contentOf({ routes: [{ priority: 2, description: 'x' }] })
    const there = diffContent(from, to)
    const back = diffContent(to, from)
    assert.deepEqual(there.map(({ change }) => change), ['changed', 'removed'])
    assert.deepEqual(back.map(({ change }) => change), ['changed', 'added'])
    assert.deepEqual(back[0]?.fields.find((field) => field.path === '/description'), { path: '/description', from: 'x' })
  })
})
