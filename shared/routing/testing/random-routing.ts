import { type Given, listenerOf, testId } from '../../testing/content.ts'
import type { SeededRandom } from '../../testing/seeded-random.ts'
import type { PlainRequest } from './naive-match.ts'

/** The listeners that random routes and requests name: two that are enabled at first, and one that is not. */
export const LISTENERS = ['one', 'two', 'off'].map((name, index) => listenerOf({ name, enabled: name !== 'off' }, index + 1))

const HOSTS = ['a.example', 'b.example', 'a.example:80', 'a.example:81', '*.example', '*.a.example', '*.b.a.example:81', '*.example:80', '*:81', '*']
const PATHS = ['/', '/a', '/a/', '/a/b', '/A', '/A/b', '/a/b/c', '/ab', '//']
const METHODS = ['GET', 'PUT', 'BREW']

/** A route that has much in common with the others. */
export function randomRoute(pick: SeededRandom): Given {
  const path = { type: pick.one(['exact', 'prefix']), value: pick.one(PATHS), ...(pick.below(3) === 0 ? { caseSensitive: false } : {}) }
  return {
    priority: pick.below(4) === 0 ? pick.below(3) - 1 : 0,
    enabled: pick.below(12) !== 0,
    listenerIds: pick.below(3) === 0 ? pick.some(LISTENERS).map((listener) => listener.id) : [],
    match: { hosts: pick.below(2) === 0 ? pick.some(HOSTS) : [], methods: pick.below(3) === 0 ? pick.some(METHODS) : [], ...(pick.below(4) === 0 ? {} : { path }) }
  }
}

/** A request that such routes may take. */
export function randomRequest(pick: SeededRandom): PlainRequest {
  return {
    listener: testId(1 + pick.below(2)),
    host: pick.one(['a.example', 'b.example', 'c.example', 'x.a.example', 'x.b.a.example', 'example', 'other']),
    port: pick.one([80, 81, 82]),
    path: pick.one([...PATHS, '/x', '/a/x', '/A/B', '/a/b/', '/a/b/c/d', '/abc']),
    method: pick.one([...METHODS, 'POST'])
  }
}
