import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTimeSpan, parseTimeSpan } from './time-span.ts'

const SPANS: [text: string, milliseconds: number, written: string][] = [
  ['00:01:40', 100_000, '00:01:40'],
  ['1.02:03:04.5', 93_784_500, '1.02:03:04.5000000'],
  ['10', 864_000_000, '10.00:00:00'],
  ['00:05', 300_000, '00:05:00'],
  ['1:2:3', 3_723_000, '01:02:03'],
  ['6:12:14:45', 562_485_000, '6.12:14:45'],
  [' 00:00:01 ', 1000, '00:00:01'],
  ['-00:00:30', -30_000, '-00:00:30'],
  ['-1.00:00:00', -86_400_000, '-1.00:00:00'],
  ['0', 0, '00:00:00'],
  ['-0', 0, '00:00:00'],
  ['00:00:00.0000001', 0.0001, '00:00:00.0000001'],
  ['00:00:00.123', 123, '00:00:00.1230000']
]

test('times are read and written as .NET does', () => {
  for (const [text, milliseconds, written] of SPANS) {
    assert.equal(parseTimeSpan(text), milliseconds, text)
    assert.equal(formatTimeSpan(milliseconds), written)
    assert.equal(parseTimeSpan(written), milliseconds, written)
  }
})

test('what is no time is refused', () => {
  for (const text of ['', '1s', '100ms', '24:00:00', '00:60:00', '00:00:60', '1:00:00:00:00', '00:00:00.12345678', '--1', '1.', '99999999', '1.5', '00:01:40x']) {
    assert.equal(parseTimeSpan(text), null, text)
  }
})
