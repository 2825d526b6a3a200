import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstShared, parsePortRanges, portRangesText, portsOf } from './port-range.ts'

test('ranges and single ports, sorted', () => {
  const ranges = parsePortRanges(' 20000-20002 ,80,')
  assert.ok(typeof ranges !== 'string')
  assert.deepEqual(ranges, [{ from: 80, to: 80 }, { from: 20000, to: 20002 }])
  assert.deepEqual(portsOf(ranges), [80, 20000, 20001, 20002])
  assert.equal(portRangesText(ranges), '80,20000-20002')
  assert.deepEqual(parsePortRanges(''), [])
})

test('wrong texts are told apart', () => {
  const wrong: [string, RegExp][] = [
    ['abc', /neither a port nor a range/],
    ['1-2-3', /neither/],
    ['-5', /neither/],
    ['0', /outside 1 to 65535/],
    ['65536', /outside/],
    ['20-10', /ends before it begins/],
    ['80,70-90', /port 80 is named twice/],
    ['1-10001', /more than 10000/]
  ]
  for (const [text, reason] of wrong) assert.match(String(parsePortRanges(text)), reason, text)
})

test('the first port of two lists', () => {
  assert.equal(firstShared([{ from: 10, to: 20 }], [{ from: 15, to: 30 }]), 15)
  assert.equal(firstShared([{ from: 10, to: 20 }], [{ from: 21, to: 30 }]), null)
})
