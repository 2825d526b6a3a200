import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Given, routeOf, testId } from '../testing/content.ts'
import type { RankedRoute } from './ranked-route.ts'
import { RouteOrder } from './route-order.ts'

const upsert = (order: RouteOrder, ...given: Given[]) => order.replace({ removed: [], upserted: given.map((fields) => routeOf(fields)) })
const indexes = (ranked: RankedRoute[]) => ranked.map(({ index }) => index)

describe('RouteOrder', () => {
  test('ranks each route once for every host criterion, the winner first', () => {
    const { ranked, renumbered } = upsert(
      new RouteOrder(),
      { number: 1, match: { hosts: ['*.example', 'a.example', 'a.example:80'] } },
      { number: 2, match: { path: { type: 'prefix', value: '/a' } } },
      { number: 3 }
    )
    assert.equal(renumbered, false)
    assert.deepEqual(ranked.map(({ index, ranks }) => [index, ranks]), [
      [0, [3, 2, 1]],
      [1, [0]],
      [2, [4]]
    ])
  })

  test('keeps index and ranks of a route whose place does not change', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 }, { number: 2 }, { number: 3 })
    const [version] = upsert(order, { number: 2, name: 'renamed' }).ranked
    assert.deepEqual([version?.route.name, version?.index, version?.ranks], ['renamed', 1, [1]])
  })

  test('puts a route between its neighbours without new numbers for them', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 }, { number: 3 })
    const { ranked, renumbered } = upsert(order, { number: 2 })
    assert.equal(renumbered, false)
    assert.equal(ranked.length, 1)
    assert.ok(ranked[0]!.ranks[0]! > 0 && ranked[0]!.ranks[0]! < 1)
  })

  test('gives freed indexes away in later calls only', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 }, { number: 2 })
    const swapped = order.replace({ removed: [testId(1)], upserted: [routeOf({ number: 3 })] })
    assert.deepEqual(indexes(swapped.ranked), [2])
    assert.deepEqual(indexes(upsert(order, { number: 4 }).ranked), [0])
    assert.deepEqual(indexes(upsert(order, { number: 5 }).ranked), [3])
  })

  test('takes disabling for removal, and what it does not know for nothing', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 }, { number: 2 })
    assert.deepEqual(upsert(order, { number: 1, enabled: false }).ranked, [])
    assert.deepEqual(order.replace({ removed: [testId(1), testId(9)], upserted: [] }), { ranked: [], renumbered: false })
    assert.deepEqual(indexes(upsert(order, { number: 3 }).ranked), [0])
  })

  test('upserts a route that is in both lists, and takes the last of two versions', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 })
    const { ranked } = order.replace({ removed: [testId(1)], upserted: [routeOf({ number: 1, name: 'first' }), routeOf({ number: 1, name: 'second' })] })
    assert.deepEqual(ranked.map(({ route, index }) => [route.name, index]), [['second', 0]])
  })

  test('renumbers all routes when there is no number left, in the same order', () => {
    const order = new RouteOrder()
    upsert(order, { number: 1 }, { number: 1000 })
    let number = 1000
    let outcome = upsert(order, { number: --number })
    while (!outcome.renumbered && number > 2) outcome = upsert(order, { number: --number })
    assert.equal(outcome.renumbered, true)
    assert.equal(outcome.ranked.length, 1000 - number + 2)
    const inOrder = outcome.ranked.toSorted((left, right) => left.ranks[0]! - right.ranks[0]!)
    assert.deepEqual(inOrder.map(({ route }) => route.id), outcome.ranked.map(({ route }) => route.id).toSorted())
    assert.deepEqual(inOrder.map(({ ranks }) => ranks), inOrder.map((_, rank) => [rank]))
  })
})
