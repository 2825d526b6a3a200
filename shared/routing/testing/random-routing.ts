import { type Given, listenerOf, testId } from '../../testing/content.ts'
import type { SeededRandom } from '../../testing/seeded-random.ts'
import type { PlainRequest } from './naive-match.ts'

/** The listeners that random routes and requests name: two that are enabled at first, and one that is not. */
export const LISTENERS = ['one', 'two', 'off'].map((name, index) => listenerOf({ name, enabled: name !== 'off' }, index + 1))

const HOSTS = ['a.example', 'b.example', 'a.example:80', 'a.example:81', '*.example', '*.a.example', '*.b.a.example:81', '*.example:80', '*:81', '*']
const PATHS = ['/', '/a', '/a/', '/a/b', '/A', '/A/b', '/a/b/c', '/ab', '//']
const PATTERNS = ['/{x}', '/a/{x}', '/a/{x:int}', '/{x}/b', '/a/{x?}', '/{**rest}', '/a/{*rest}', '/{x:alpha}/{y=b}', '/a-{x}', '/{x}.{y?}', '/A/b/', '/{x:minlength(2)}', '/a/{*rest:nonfile}']
const EXPRESSIONS = ['/a(/.*)?', '/[a-c]', '/.*b.*', '/']
const METHODS = ['GET', 'PUT', 'OPTIONS']
const TENANTS = ['acme', 'beta']
const HEADER_RULES = [{ name: 'X-A', mode: 'Exists' }, { name: 'X-A', mode: 'NotExists' }, { name: 'x-a', values: ['1'] }, { name: 'X-B', mode: 'NotContains', values: ['2'] }]
const QUERY_RULES = [{ name: 'q', mode: 'Exists' }, { name: 'Q', values: ['1'] }, { name: 'r', mode: 'NotExists' }]

function randomPath(pick: SeededRandom): Given {
  const kind = pick.below(6)
  if (kind === 0) return { type: 'regex', value: pick.one(EXPRESSIONS), ...(pick.below(2) === 0 ? { caseSensitive: false } : {}) }
  if (kind <= 2) return { type: 'pattern', value: pick.one(PATTERNS), ...(pick.below(3) === 0 ? { caseSensitive: true } : {}) }
  return { type: pick.one(['exact', 'prefix']), value: pick.one(PATHS), ...(pick.below(3) === 0 ? { caseSensitive: false } : {}) }
}

/** A route that has much in common with the others. */
export function randomRoute(pick: SeededRandom): Given {
  return {
    priority: pick.below(4) === 0 ? pick.below(3) - 1 : 0,
    enabled: pick.below(12) !== 0,
    ...(pick.below(4) === 0 ? { tenantCode: pick.one(TENANTS) } : {}),
    ...(pick.below(3) === 0 ? { corsPolicy: 'pages' } : {}),
    listenerIds: pick.below(3) === 0 ? pick.some(LISTENERS).map((listener) => listener.id) : [],
    match: {
      hosts: pick.below(2) === 0 ? pick.some(HOSTS) : [],
      methods: pick.below(3) === 0 ? pick.some(METHODS) : [],
      headers: pick.below(4) === 0 ? [pick.one(HEADER_RULES)] : [],
      query: pick.below(5) === 0 ? [pick.one(QUERY_RULES)] : [],
      ...(pick.below(6) === 0 ? { websocket: pick.below(2) === 0 } : {}),
      ...(pick.below(4) === 0 ? {} : { path: randomPath(pick) })
    }
  }
}

/** GET / of a.example through the first listener. */
export const PLAIN_REQUEST: PlainRequest = { listener: testId(1), host: 'a.example', hostPort: 80, path: '/', method: 'GET', isWebSocket: false, tenantCode: '', query: '', fields: '' }

/** A request that such routes may take. */
export function randomRequest(pick: SeededRandom): PlainRequest {
  return {
    listener: testId(1 + pick.below(2)),
    host: pick.one(['a.example', 'b.example', 'c.example', 'x.a.example', 'x.b.a.example', 'example', 'other']),
    hostPort: pick.one([80, 81, 82]),
    path: pick.one([...PATHS, '/x', '/a/x', '/A/B', '/a/b/', '/a/b/c/d', '/abc', '/a/12', '/a.b', '/a-b', '/a/f.txt', '/a//']),
    method: pick.one([...METHODS, 'POST']),
    isWebSocket: pick.below(4) === 0,
    tenantCode: pick.one(['', '', 'acme', 'beta', 'other']),
    query: pick.one(['', '', '?q=1', '?Q=2&r=3', '?r']),
    fields: pick.one(['', '', 'X-A: 1\r\n', 'x-a:\r\nX-B: 22\r\n', 'X-B: 3\r\n', ...METHODS.map((method) => `Origin: https://a.example\r\nAccess-Control-Request-Method: ${method}\r\n`)])
  }
}
