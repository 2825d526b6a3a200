import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markerLabels } from './marker-labels.ts'

const at = (x: number, text: string) => ({ x, text })
const width = (text: string) => text.length * 10

test('numbers that have room stay alone, others become one', () => {
  assert.deepEqual(markerLabels([at(0, '7'), at(20, '8')], width), [at(0, '7'), at(20, '8')])
  assert.deepEqual(markerLabels([at(0, '12'), at(5, '13'), at(29, '14'), at(200, '15')], width), [at(0, '12–14'), at(200, '15')])
})

test('what was put together takes more room, and may take in the next', () => {
  assert.deepEqual(markerLabels([at(0, '1'), at(10, '2'), at(25, '3'), at(35, '4')], width), [at(0, '1–4')])
  assert.deepEqual(markerLabels([], width), [])
})
