import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RE2JS } from 're2js'
import { seededRandom } from '../../testing/seeded-random.ts'
import { literalStart } from './literal-start.ts'

test('what an expression begins with', () => {
  const rows: [pattern: string, start: string][] = [
    ['/api/.*', '/api/'], ['^/api/[0-9]+', '/api/'], ['/api', '/api'], ['/apis?', '/api'], ['/api*', '/ap'], ['/a{2}', '/'], ['/a+', '/a'],
    ['/(a|b)/c', '/'], ['/a|/b', ''], ['/a(b)|c', ''], ['(?i)/a', ''], ['\\/a', ''], ['/a\\.b', '/a'], ['', ''], ['?', ''], ['/[|]', ''], ['/\\(|/b', '']
  ]
  for (const [pattern, start] of rows) assert.equal(literalStart(pattern), start, pattern)
})

test('no text that matches begins with anything else', () => {
  const pick = seededRandom(3)
  const pieces = ['/', 'a', 'b', '(a)', '(a|b)', '|', '?', '*', '+', '{2}', '[ab]', '[|]', '\\|', '\\(', '.', '^', '$', '(?:b)', ')', '(']
  const texts = Array.from({ length: 400 }, () => Array.from({ length: pick.below(5) }, () => pick.one(['/', 'a', 'b', '|', '('])).join(''))
  let tried = 0
  for (let round = 0; round < 20_000; round++) {
    const pattern = Array.from({ length: 1 + pick.below(6) }, () => pick.one(pieces)).join('')
    let regex: RE2JS
    try {
      regex = RE2JS.compile(pattern)
    } catch {
      continue
    }
    const start = literalStart(pattern)
    if (start === '') continue
    tried++
    for (const text of texts.slice(0, 60)) if (!text.startsWith(start)) assert.ok(!regex.testExact(text), `${pattern} matches ${text}`)
  }
  assert.ok(tried > 1_000, String(tried))
})
