import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { contentOf, testId } from '../testing/content.ts'
import { type SeededRandom, seededRandom } from '../testing/seeded-random.ts'
import { compileRoutes } from './compile-routes.ts'
import { MATCH_CASES, type MatchCase } from './match-route.cases.ts'
import { explainMatch } from './explain/explain-match.ts'
import { matchRoute } from './match-route.ts'
import { normalizePath } from './normalize-path.ts'
import { naiveMatch, type PlainRequest } from './testing/naive-match.ts'
import { LISTENERS, PLAIN_REQUEST, randomRequest, randomRoute } from './testing/random-routing.ts'

function listenerId(name: string): string {
  return LISTENERS.find((listener) => listener.name === name)?.id ?? testId(99)
}

function caseContent({ routes }: MatchCase): SnapshotContent {
  const given = Object.entries(routes).map(([name, { listeners = [], ...fields }]) => ({ name, ...fields, listenerIds: listeners.map(listenerId) }))
  return { ...contentOf({ routes: given }), listeners: LISTENERS }
}

function parseRequest(text: string, more: Partial<PlainRequest> = {}): PlainRequest {
  const [, method = 'GET', host, port, path, listener = 'one'] = /^(?:(\S+) )?http:\/\/(\[.*\]|[^:/]*)(?::(\d+))?(\/\S*)(?: (\S+))?$/.exec(text)!
  const [bare, query] = path!.split(/(?=\?)/)
  return { ...PLAIN_REQUEST, method, host: host!, hostPort: Number(port ?? 80), path: normalizePath(bare!)!, query: query ?? '', listener: listenerId(listener), ...more }
}

function compiledMatch(compiled: ReturnType<typeof compileRoutes>, request: PlainRequest) {
  return matchRoute(compiled, request.listener, request)?.route ?? null
}

describe('matchRoute', () => {
  for (const matchCase of MATCH_CASES) {
    test(matchCase.name, () => {
      const content = caseContent(matchCase)
      const compiled = compileRoutes(content)
      for (const [text, winner, more] of matchCase.requests) {
        const request = parseRequest(text, more)
        assert.equal(compiledMatch(compiled, request)?.name ?? null, winner, `compiled matcher: ${text}`)
        assert.equal(naiveMatch(content, request)?.name ?? null, winner, `naive reference: ${text}`)
        assert.equal(explainMatch(compiled, request.listener, request).winner?.name ?? null, winner, `explanation: ${text}`)
      }
    })
  }

  test('agrees with the naive reference on random configurations', () => {
    const pick = seededRandom(20260131)
    let hits = 0
    for (let round = 0; round < 300; round++) {
      const content = randomContent(pick)
      const compiled = compileRoutes(content)
      for (let count = 0; count < 60; count++) {
        const request = randomRequest(pick)
        const expected = naiveMatch(content, request)
        if (expected !== null) hits++
        assert.equal(compiledMatch(compiled, request)?.id, expected?.id, `round ${round}: ${JSON.stringify(request)}\n${JSON.stringify(content.routes)}`)
        assert.equal(explainMatch(compiled, request.listener, request).winner?.id, expected?.id, `explanation, round ${round}`)
      }
    }
    assert.ok(hits > 5000, `only ${hits} requests found a route`)
  })

  test('does not depend on the order of the routes', () => {
    const pick = seededRandom(7)
    for (let round = 0; round < 50; round++) {
      const content = randomContent(pick)
      const compiled = compileRoutes(content)
      const reversed = compileRoutes({ ...content, routes: content.routes.toReversed() })
      for (let count = 0; count < 40; count++) {
        const request = randomRequest(pick)
        assert.equal(compiledMatch(compiled, request)?.id, compiledMatch(reversed, request)?.id)
      }
    }
  })

  test('gives each served route one object with its place', () => {
    const compiled = compileRoutes(contentOf({ routes: [{ enabled: false }, { match: { hosts: ['a.example', '*.example'] } }, { name: 'last' }] }))
    assert.deepEqual(compiled.routes.map((route) => ({ id: route?.id, name: route?.name, index: route?.index })), [
      { id: testId(2), name: 'route 2', index: 0 },
      { id: testId(3), name: 'last', index: 1 }
    ])
    assert.equal(matchRoute(compiled, testId(1), { ...PLAIN_REQUEST, host: 'a.example' }), compiled.routes[0])
    assert.equal(matchRoute(compiled, testId(1), { ...PLAIN_REQUEST, host: 'b.example' }), compiled.routes[0])
  })
})

function randomContent(pick: SeededRandom): SnapshotContent {
  return { ...contentOf({ routes: Array.from({ length: 1 + pick.below(14) }, () => randomRoute(pick)) }), listeners: LISTENERS }
}
