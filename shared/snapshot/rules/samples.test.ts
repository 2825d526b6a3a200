import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRoutes } from '../../routing/compile-routes.ts'
import { firstMismatch } from '../../routing/explain/first-mismatch.ts'
import { matchRoute } from '../../routing/match-route.ts'
import { sampleOfBoth } from '../../routing/sample-of-both.ts'
import { sampleText } from '../../routing/sample-request.ts'
import { contentOf, type Given } from '../../testing/content.ts'
import { seededRandom, type SeededRandom } from '../../testing/seeded-random.ts'
import { routeOverlap } from './route-overlap.ts'

const PATHS = [undefined, { type: 'prefix', value: '/a' }, { type: 'exact', value: '/a/b' }, { type: 'pattern', value: '/a/{x}' }, { type: 'pattern', value: '/{x}/b' }, { type: 'pattern', value: '/{x:int}' }, { type: 'pattern', value: '/{y}' }]
const RULES = [{ name: 'X-A', values: ['1'] }, { name: 'X-A', mode: 'Exists' }, { name: 'X-B', values: ['1'] }, { name: 'X-C', mode: 'NotExists' }]

function randomRoute(pick: SeededRandom): Given {
  const some = <T>(items: readonly T[]): T[] => items.filter(() => pick.below(3) === 0)
  const path = pick.one(PATHS)
  return { match: { ...(path === undefined ? {} : { path }), headers: some(RULES).slice(0, 2), query: some([{ name: 'q', mode: 'Exists' }]) } }
}

test('whatever route_overlap tells, the matcher confirms: both routes take the request, and the one that is named gets it', () => {
  const pick = seededRandom(7)
  let told = 0
  for (let round = 0; round < 400; round++) {
    const content = contentOf({ routes: Array.from({ length: 6 }, () => randomRoute(pick)) })
    const compiled = compileRoutes(content)
    for (const { path, message } of routeOverlap(content)) {
      told++
      const loser = content.routes[Number(path.split('/')[2])]!
      const [, first, second, text, winnerName] = /^route "(.*)" and route "(.*)" both take (.*), and only their ids decide that "(.*)" gets it/.exec(message) ?? assert.fail(message)
      const pair = [first, second].map((name) => content.routes.find((route) => route.name === name)!)
      assert.equal(pair[0], loser)
      const sample = sampleOfBoth(pair[0]!, pair[1]!, content.listeners)!
      assert.equal(sampleText(sample), text)
      for (const route of pair) assert.equal(firstMismatch(compiled.byId.get(route.id)!, sample.listenerId, sample).mismatch, null)
      assert.equal(matchRoute(compiled, sample.listenerId, sample)?.name, winnerName)
    }
  }
  assert.ok(told > 50, `only ${told} overlaps`)
})
