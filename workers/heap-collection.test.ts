import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CollectionWatch, type HeapLook } from './heap-collection.ts'

const MIB = 2 ** 20
const CALM: HeapLook = { usedBytes: 30 * MIB, busyShare: 0.01, isMemoryShort: false }

test('a heap that grew is collected once the thread has been calm for two looks', () => {
  const watch = new CollectionWatch(20 * MIB)
  assert.equal(watch.isDue({ ...CALM, busyShare: 0.5 }, 0), false)
  assert.equal(watch.isDue(CALM, 5_000), false)
  assert.equal(watch.isDue(CALM, 10_000), true)
})

test('a busy look between calm ones begins the wait again', () => {
  const watch = new CollectionWatch(20 * MIB)
  watch.isDue(CALM, 0)
  watch.isDue({ ...CALM, busyShare: 0.2 }, 5_000)
  assert.equal(watch.isDue(CALM, 10_000), false)
  assert.equal(watch.isDue(CALM, 15_000), true)
})

test('a heap that hardly grew since the last collection is left alone', () => {
  const watch = new CollectionWatch(20 * MIB)
  watch.isDue(CALM, 0)
  watch.collected(28 * MIB, 5_000)
  assert.equal(watch.isDue(CALM, 60_000), false)
  assert.equal(watch.isDue({ ...CALM, usedBytes: 33 * MIB }, 65_000), true)
})

test('what V8 itself collected counts', () => {
  const watch = new CollectionWatch(30 * MIB)
  watch.isDue({ ...CALM, usedBytes: 18 * MIB }, 0)
  assert.equal(watch.isDue({ ...CALM, usedBytes: 24 * MIB }, 5_000), true)
})

test('there are 30 s between two collections', () => {
  const watch = new CollectionWatch(20 * MIB)
  watch.collected(20 * MIB, 0)
  watch.isDue(CALM, 5_000)
  assert.equal(watch.isDue(CALM, 29_000), false)
  assert.equal(watch.isDue(CALM, 31_000), true)
})

test('a large heap is left to V8, unless memory is short: then even under load', () => {
  const watch = new CollectionWatch(60 * MIB)
  const large = { ...CALM, usedBytes: 100 * MIB }
  watch.isDue(large, 0)
  assert.equal(watch.isDue(large, 5_000), false)
  assert.equal(watch.isDue({ ...large, busyShare: 1, isMemoryShort: true }, 10_000), true)
})
