import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenerOf, routeOf } from '../../../../shared/testing/content.ts'
import { takenOver } from './taken-over.ts'

const route = (number: number, name: string, fields: object) => routeOf({ number, name, ...fields })

const listeners = [listenerOf({ name: 'web', port: 80 })]
const everything = route(2, 'everything', { match: { path: { type: 'prefix', value: '/' } } })
const shop = route(3, 'shop', { match: { hosts: ['shop.example.com'], path: { type: 'prefix', value: '/' } } })
const mine = (match: object) => route(4, 'mine', { match })
const summary = (...args: Parameters<typeof takenOver>) => takenOver(...args).map(({ text, outcome, other }) => `${outcome} ${text} ${other?.name ?? ''}`.trim())

test('a narrower route takes from the wider ones, on every host', () => {
  assert.deepEqual(summary(mine({ path: { type: 'prefix', value: '/api' } }), [everything, shop], listeners), [
    'taken GET http://sample.invalid/api everything',
    'taken GET http://shop.example.com/api shop'
  ])
  assert.deepEqual(summary(mine({ hosts: ['shop.example.com'], path: { type: 'prefix', value: '/api' } }), [everything, shop], listeners), ['taken GET http://shop.example.com/api shop'])
})

test('what nobody had is new, also without any other route', () => {
  assert.deepEqual(summary(mine({ path: { type: 'exact', value: '/a' } }), [], listeners), ['new GET http://sample.invalid/a'])
})

test('a route that is shadowed gets nothing, and it is said who keeps its requests', () => {
  const first = route(5, 'first', { priority: 10, match: { path: { type: 'prefix', value: '/' } } })
  assert.deepEqual(summary(mine({ path: { type: 'prefix', value: '/api' } }), [first], listeners), ['kept GET http://sample.invalid/api first'])
})

test('it is not compared with itself as it is stored', () => {
  const stored = mine({ path: { type: 'prefix', value: '/old' } })
  assert.deepEqual(summary(mine({ path: { type: 'exact', value: '/a' } }), [stored], listeners), ['new GET http://sample.invalid/a'])
})

test('a listener that serves nothing: no requests', () => {
  assert.deepEqual(takenOver(mine({}), [everything], []), [])
})
