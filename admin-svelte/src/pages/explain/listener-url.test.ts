import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAt, urlAt } from './listener-url.ts'

const plain = { protocol: 'http', port: 20000 } as const
const secure = { protocol: 'https', port: 443 } as const

test('a listener gives a URL its protocol and port, and leaves host and path alone', () => {
  assert.equal(urlAt('', plain), 'http://localhost:20000/')
  assert.equal(urlAt('https://shop.example.com/a/b?c=d', plain), 'http://shop.example.com:20000/a/b?c=d')
  assert.equal(urlAt('http://shop.example.com:20000/a', secure), 'https://shop.example.com/a')
  assert.equal(urlAt('http://[::1]:1/', plain), 'http://[::1]:20000/')
  assert.equal(urlAt('http://shop.example.com?c=d', plain), 'http://shop.example.com:20000?c=d')
})

test('a URL is at the listener of its protocol and port', () => {
  assert.ok(isAt('http://localhost:20000/', plain))
  assert.ok(isAt('https://shop.example.com/a', secure))
  assert.ok(!isAt('http://localhost/', plain))
  assert.ok(!isAt('https://localhost:20000/', plain))
  assert.ok(!isAt('', plain))
})
