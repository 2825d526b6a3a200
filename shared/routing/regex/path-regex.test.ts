import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePathRegex, compilePathReplacer } from './path-regex.ts'

function matches(pattern: string, path: string, caseSensitive = true): boolean {
  const regex = compilePathRegex(pattern, caseSensitive)
  if ('message' in regex) throw new Error(regex.message)
  return regex.matches(path)
}

function replace(pattern: string, replacement: string, path: string): string {
  const replacer = compilePathReplacer(pattern, replacement)
  if ('message' in replacer) throw new Error(replacer.message)
  return replacer.replace(path)
}

test('the whole path must match, whichever alternative it is', () => {
  assert.equal(matches('/a|/b', '/b'), true)
  assert.equal(matches('/a|/b', '/bx'), false)
  assert.equal(matches('/a|/b', 'x/a'), false)
  assert.equal(matches('/a.*', '/a\n'), false)
  assert.equal(matches('/A', '/a'), false)
  assert.equal(matches('/A', '/a', false), true)
})

test('an expression that makes others slow for ever ends at once', () => {
  assert.equal(matches('(a+)+$', `${'a'.repeat(50_000)}!`), false)
  assert.equal(matches('(?:a?){50}a{50}', 'a'.repeat(50)), true)
})

test('what is not linear, too long or too large is refused in words', () => {
  for (const [pattern, message] of [['(?=a)', /RE2 syntax/], ['(a)\\1', /RE2 syntax/], ['(', /RE2 syntax/], ['a'.repeat(1025), /at most 1024/], ['(a{1000}){10}', /RE2 syntax|machine/], ['(?:a{500}b{500}){2}', /machine|RE2 syntax/]] as const) {
    const problem = compilePathRegex(pattern, true)
    assert.ok('message' in problem, pattern.slice(0, 20))
    assert.match(problem.message, message)
  }
})

test('replacing: every place, with groups by number and name', () => {
  assert.equal(replace('^/v(\\d)/', '/version-$1/', '/v2/v3/'), '/version-2/v3/')
  assert.equal(replace('(?P<year>\\d{4})-(\\d\\d)', '${year}/$2', '/2026-01/2025-12'), '/2026/01/2025/12')
  assert.equal(replace('b', '$$', '/abab'), '/a$a$')
  assert.equal(replace('x', 'y', '/abc'), '/abc')
  assert.equal(replace('(a)|(b)', '[$2]', '/ab'), '/[][b]')
  for (const [replacement, message] of [['$2', /no group \$2/], ['${name}', /no group named/], ['a$', /needs a group/]] as const) {
    const problem = compilePathReplacer('(a)', replacement)
    assert.ok('message' in problem, replacement)
    assert.match(problem.message, message)
  }
})
