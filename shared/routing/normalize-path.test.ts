import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../testing/seeded-random.ts'
import { normalizePath } from './normalize-path.ts'

const TABLE: [raw: string, normal: string | null][] = [
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a;v=1/b,c!$&\'()*+=:@', '/a;v=1/b,c!$&\'()*+=:@'],
  ['/a|b[c]{d}"<>^`', '/a|b[c]{d}"<>^`'],
  // Unreserved characters are decoded, other triplets written in upper case.
  ['/%41%7a%30%2d%5f%7E', '/Az0-_~'],
  ['/%2f%3f%3a%c3%a9', '/%2F%3F%3A%C3%A9'],
  ['/%40%5B%5d%60%7b%7f', '/%40%5B%5D%60%7B%7F'],
  ['/%2541', '/%2541'],
  ['/%25%34%31', '/%2541'],
  // Dot segments, written out or as triplets.
  ['/a/../b', '/b'],
  ['/a/./b', '/a/b'],
  ['/a/..', '/'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['/.', '/'],
  ['/./', '/'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/%2e/b', '/a/b'],
  ['/a/.%2e', '/'],
  ['/a/b/c/./../../g', '/a/g'],
  ['/.well-known/x', '/.well-known/x'],
  ['/..a/...', '/..a/...'],
  ['/a/..%2fb', '/a/..%2Fb'],
  // Empty segments stay and count as segments.
  ['//', '//'],
  ['//a//b/', '//a//b/'],
  ['/a//../b', '/a/b'],
  ['//..', '/'],
  // Above the root.
  ['/..', null],
  ['/../a', null],
  ['/a/../..', null],
  ['/%2e%2e/a', null],
  ['/./..', null],
  ['//../..', null],
  // NUL, backslash, malformed triplets.
  ['/a\0', null],
  ['/%00', null],
  ['/a\\b', null],
  ['/%5c', null],
  ['/%5C..', null],
  ['/%', null],
  ['/%4', null],
  ['/%4g', null],
  ['/%g4', null],
  ['/a%', null],
  // Characters that no request target may hold.
  ['/a b', null],
  ['/a\tb', null],
  ['/a\x7f', null],
  ['/caf\u00e9', null],
  ['', null],
  ['a/b', null],
  ['*', null],
  ['http://h/', null]
]

describe('normalizePath', () => {
  for (const [raw, normal] of TABLE) test(`${JSON.stringify(raw)} becomes ${JSON.stringify(normal)}`, () => assert.equal(normalizePath(raw), normal))

  test('leaves its own results as they are, without dot segments or lower-case triplets', () => {
    const pick = seededRandom(5)
    const pieces = ['/', '/', '.', '..', 'a', 'Z', '%2e', '%2F', '%41', '%c3', '%25', '%5b', '~', '//', '/./', '/../', '%2e%2e']
    let results = 0
    for (let round = 0; round < 20_000; round++) {
      const raw = '/' + Array.from({ length: pick.below(9) }, () => pick.one(pieces)).join('')
      const normal = normalizePath(raw)
      if (normal === null) continue
      results++
      assert.equal(normalizePath(normal), normal, raw)
      assert.ok(!normal.split('/').some((segment) => segment === '.' || segment === '..'), `${raw} became ${normal}`)
      assert.doesNotMatch(normal, /%(?:[0-9A-F]?[a-f])/, raw)
    }
    assert.ok(results > 5000, `only ${results} paths were valid`)
  })
})
