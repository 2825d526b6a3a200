import assert from 'node:assert/strict'
import test from 'node:test'
import { formatLogLine } from './log-line.ts'

const time = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()

test('a line of JSON becomes time, level, message and fields', () => {
  const line = JSON.stringify({ level: 40, time, pid: 7, hostname: 'h', name: 'web', port: 9000, reason: 'no route to host', msg: 'Redis is away' })
  assert.equal(formatLogLine('control-web', line, false), 'control-web  03:04:05.006 WARN  Redis is away port=9000 reason="no route to host"')
})

test('an error is shown by its message, a nested value as JSON', () => {
  const line = JSON.stringify({ level: 50, time, err: { type: 'Error', message: 'refused', stack: 'Error: refused\n at x' }, at: { port: 1 } })
  assert.equal(formatLogLine('data-node', line, false), 'data-node    03:04:05.006 ERROR err=refused at="{\\"port\\":1}"')
})

test('level and time may be words', () => {
  const line = JSON.stringify({ level: 'info', time: new Date(time).toISOString(), msg: 'serves', ports: [1, 2] })
  assert.equal(formatLogLine('redis', line, false), 'redis        03:04:05.006 INFO  serves ports=[1,2]')
})

test('other lines stay as they are', () => {
  assert.equal(formatLogLine('up', 'plain {text}', false), 'up           plain {text}')
  assert.equal(formatLogLine('up', '{"level":30', false), 'up           {"level":30')
  assert.equal(formatLogLine('up', '{"a":1}', false), 'up           {"a":1}')
})

test('colours only when asked for', () => {
  assert.ok(formatLogLine('up', 'x', true).startsWith('\x1b[36m'))
})
