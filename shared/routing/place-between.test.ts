import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { placeBetween } from './place-between.ts'

const items = (...ranks: number[]) => ranks.map((rank) => ({ rank }))

describe('placeBetween', () => {
  test('counts up where nothing is taken, on from the last and down to the first', () => {
    const ranksAfter = (low: number, high: number) => {
      const placed = items(NaN, NaN)
      assert.equal(placeBetween(placed, low, high), true)
      return placed.map(({ rank }) => rank)
    }
    assert.deepEqual(ranksAfter(-Infinity, Infinity), [0, 1])
    assert.deepEqual(ranksAfter(7, Infinity), [8, 9])
    assert.deepEqual(ranksAfter(-Infinity, 7), [5, 6])
  })

  test('keeps ranks that fit and replaces ranks that do not', () => {
    const fitting = items(1.25, 1.75)
    assert.equal(placeBetween(fitting, 1, 2), true)
    assert.deepEqual(fitting, items(1.25, 1.75))
    for (const wrong of [items(1.75, 1.25), items(1, 1.5), items(1.5, 2), items(1.5, NaN)]) {
      assert.equal(placeBetween(wrong, 1, 2), true)
      const [first, second] = wrong
      assert.ok(1 < first!.rank && first!.rank < second!.rank && second!.rank < 2, JSON.stringify(wrong))
    }
  })

  test('has room for hundreds of neighbours that come one after the other, and says when it has none', () => {
    let low = 10_000
    let count = 0
    for (const item = { rank: NaN }; placeBetween([item], low, 10_001); low = item.rank) count++
    assert.ok(count > 300 && count < 10_000, `room for ${count}`)
    assert.equal(placeBetween(items(NaN), 1, 1), false)
  })

  test('places a thousand at once between two', () => {
    assert.equal(placeBetween(items(...Array.from({ length: 1000 }, () => NaN)), 9999, 10_000), true)
  })
})
