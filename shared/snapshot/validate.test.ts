import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { contentOf } from '../testing/content.ts'
import { validateContent } from './validate.ts'
import { VALIDATE_CASES } from './validate.cases.ts'

describe('validateContent', () => {
  for (const { name, issues, ...given } of VALIDATE_CASES) {
    test(name, () => {
      const found = validateContent(contentOf(given)).map(({ severity, path, code }) => `${severity} ${path} ${code}`)
      assert.deepEqual(found.toSorted(), issues.toSorted())
    })
  }

  test('messages name the resources and a request', () => {
    const messages = (given: Parameters<typeof contentOf>[0]) => validateContent(contentOf(given)).map((issue) => issue.message)
    assert.match(messages({ routes: [{ name: 'shop' }, { name: 'cart' }] })[0]!, /"cart" and route "shop"/)
    assert.match(messages({ listeners: [{ name: 'web' }, { name: 'alt', address: '127.0.0.1' }] })[0]!, /"alt" \(127\.0\.0\.1 port 8080\).*"web" \(0\.0\.0\.0 port 8080\)/)
    const overtaken = messages({ routes: [{ name: 'shop', match: { hosts: ['*.a.example'] } }, { name: 'api', match: { methods: ['PUT'], path: { type: 'prefix', value: '/api' } } }] })
    assert.match(overtaken[0]!, /"api" has no host and takes PUT http:\/\/sample\.a\.example:8080\/api, which route "shop"/)
  })

  test('errors come first, and no warning about matching is made from a configuration with errors', () => {
    const found = validateContent(contentOf({ upstreams: [{ targets: [] }], routes: [{ priority: 1 }, {}, { name: 'route 1' }] }))
    assert.deepEqual(found.map((issue) => issue.code), ['duplicate_name', 'route_conflict', 'no_targets', 'no_targets', 'no_targets'])
  })

  test('tells at most 1000 issues', () => {
    const routes = Array.from({ length: 1200 }, () => ({}))
    assert.equal(validateContent(contentOf({ routes })).length, 1000)
  })
})
