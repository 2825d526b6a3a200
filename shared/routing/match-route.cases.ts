import type { PlainRequest } from './testing/naive-match.ts'

/** The fields of a route that matter to a case; the key is its name in `requests`, the order gives the ids. */
export type CaseRoutes = Record<string, { match?: Record<string, unknown>; priority?: number; tenantCode?: string; listeners?: string[]; enabled?: boolean; corsPolicy?: string }>

export interface MatchCase {
  name: string
  routes: CaseRoutes
  /** `METHOD URL [listener]` (GET and listener "one" when left out), the name of the route that wins or null, and what else the request has. */
  requests: [request: string, winner: string | null, more?: Partial<PlainRequest>][]
}

const prefix = (value: string, more: object = {}) => ({ path: { type: 'prefix', value, ...more } })
const pattern = (value: string, more: object = {}) => ({ path: { type: 'pattern', value, ...more } })
const PREFLIGHT = (method: string) => ({ fields: `Origin: https://a.example\r\nAccess-Control-Request-Method: ${method}\r\n` })
const exact = (value: string, more: object = {}) => ({ path: { type: 'exact', value, ...more } })

/** What the matcher promises, run against the compiled matcher and the naive reference. Listeners: one, two, off (disabled). */
export const MATCH_CASES: MatchCase[] = [
  {
    name: 'no routes',
    routes: {},
    requests: [['http://a.example/', null]]
  },
  {
    name: 'a route without criteria takes everything on every listener that is served',
    routes: { all: {} },
    requests: [
      ['http://a.example/', 'all'],
      ['BREW http://[::1]:99/x/y two', 'all'],
      ['http://a.example/ off', null],
      ['http://a.example/ unknown', null]
    ]
  },
  {
    name: 'a disabled route takes nothing',
    routes: { off: { enabled: false } },
    requests: [['http://a.example/', null]]
  },
  {
    name: 'a prefix ends on a segment boundary',
    routes: { api: { match: prefix('/api') } },
    requests: [
      ['http://h/api', 'api'],
      ['http://h/api/', 'api'],
      ['http://h/api/x', 'api'],
      ['http://h/api//x', 'api'],
      ['http://h/apix', null],
      ['http://h/ap', null],
      ['http://h/', null],
      ['http://h/x/api', null],
      ['http://h/api%2Fx', null],
      ['http://h/api.json', null]
    ]
  },
  {
    name: 'a prefix with a slash at its end asks for the slash',
    routes: { bare: { match: prefix('/api') }, slash: { match: prefix('/api/') } },
    requests: [
      ['http://h/api', 'bare'],
      ['http://h/api/', 'slash'],
      ['http://h/api/x', 'slash']
    ]
  },
  {
    name: 'the prefix / takes every path, and goes before no path',
    routes: { none: {}, root: { match: prefix('/') } },
    requests: [
      ['http://h/', 'root'],
      ['http://h/a/b', 'root'],
      ['http://h//', 'root']
    ]
  },
  {
    name: 'exact takes the path and nothing else',
    routes: { one: { match: exact('/a/b') } },
    requests: [
      ['http://h/a/b', 'one'],
      ['http://h/a/b/', null],
      ['http://h/a', null],
      ['http://h/a/b/c', null]
    ]
  },
  {
    name: 'exact before prefix, longer prefix before shorter, no path last',
    routes: { none: {}, root: { match: prefix('/') }, a: { match: prefix('/a') }, ab: { match: prefix('/a/b') }, exactAb: { match: exact('/a/b') } },
    requests: [
      ['http://h/a/b', 'exactAb'],
      ['http://h/a/b/c', 'ab'],
      ['http://h/a/c', 'a'],
      ['http://h/a', 'a'],
      ['http://h/c', 'root']
    ]
  },
  {
    name: 'letter case of paths',
    routes: { strict: { match: prefix('/Api') }, easy: { match: prefix('/shop', { caseSensitive: false }) }, easyExact: { match: exact('/Shop/Cart', { caseSensitive: false }) } },
    requests: [
      ['http://h/Api/x', 'strict'],
      ['http://h/api/x', null],
      ['http://h/SHOP/x', 'easy'],
      ['http://h/shopping', null],
      ['http://h/sHoP/cArT', 'easyExact'],
      ['http://h/sHoP/cArT/x', 'easy']
    ]
  },
  {
    name: 'case-sensitive and case-ignored paths rank alike, so the smaller id decides',
    routes: { easy: { match: prefix('/a', { caseSensitive: false }) }, strict: { match: prefix('/a') } },
    requests: [
      ['http://h/a', 'easy'],
      ['http://h/A', 'easy']
    ]
  },
  {
    name: 'triplets are compared as the normalized path writes them',
    routes: { cafe: { match: prefix('/caf\u00e9 1') } },
    requests: [
      ['http://h/caf%c3%a9%201/x', 'cafe'],
      ['http://h/caf%C3%A9%20', null]
    ]
  },
  {
    name: 'methods are compared as they are; a route with methods goes before one without',
    routes: { any: { match: prefix('/a') }, write: { match: { ...prefix('/a'), methods: ['post', 'PUT'] } } },
    requests: [
      ['POST http://h/a', 'write'],
      ['PUT http://h/a', 'write'],
      ['GET http://h/a', 'any'],
      ['post http://h/a', 'any']
    ]
  },
  {
    name: 'a preflight is taken where the request that it announces is, if the route has a CORS policy',
    routes: { all: {}, write: { match: { ...prefix('/a'), methods: ['PUT', 'DELETE'] }, corsPolicy: 'shop' }, read: { match: { ...prefix('/a'), methods: ['GET'] }, corsPolicy: 'shop' }, closed: { match: { ...prefix('/b'), methods: ['PUT'] } } },
    requests: [
      ['OPTIONS http://h/a', 'write', PREFLIGHT('PUT')],
      ['OPTIONS http://h/a', 'write', PREFLIGHT('DELETE')],
      ['OPTIONS http://h/a', 'read', PREFLIGHT('GET')],
      ['OPTIONS http://h/a', 'all', PREFLIGHT('PATCH')],
      ['OPTIONS http://h/a', 'all', PREFLIGHT('put')],
      ['OPTIONS http://h/a', 'all', { fields: 'Access-Control-Request-Method: PUT\r\n' }],
      ['OPTIONS http://h/a', 'all'],
      ['HEAD http://h/a', 'all', PREFLIGHT('PUT')],
      ['OPTIONS http://h/b', 'all', PREFLIGHT('PUT')]
    ]
  },
  {
    name: 'of a pattern and a literal path alike in rank, what comes later in the order decides',
    routes: { api: { match: prefix('/api') }, host: { match: { ...pattern('/api/{**rest}'), hosts: ['a.example'], methods: ['GET'] } }, plain: { match: exact('/x/y') }, method: { match: { ...pattern('/x/y'), methods: ['GET'] } } },
    requests: [
      ['GET http://a.example/api/x', 'host'],
      ['GET http://b.example/api/x', 'api'],
      ['PUT http://a.example/api/x', 'api'],
      ['GET http://h/x/y', 'method'],
      ['PUT http://h/x/y', 'plain']
    ]
  },
  {
    name: 'the method is looked at on every level: a better path with another method does not hide a worse one',
    routes: { root: { match: prefix('/') }, write: { match: { ...exact('/a/b'), methods: ['POST'] } } },
    requests: [
      ['POST http://h/a/b', 'write'],
      ['GET http://h/a/b', 'root']
    ]
  },
  {
    name: 'a host matches with every port and in no other letter than its own',
    routes: { a: { match: { hosts: ['A.example'] } }, uni: { match: { hosts: ['b\u00fccher.example'] } } },
    requests: [
      ['http://a.example/', 'a'],
      ['http://a.example:8443/', 'a'],
      ['http://x.a.example/', null],
      ['http://example/', null],
      ['http://xn--bcher-kva.example/', 'uni']
    ]
  },
  {
    name: 'host with port; the port of a Host header without one is 80',
    routes: { eighty: { match: { hosts: ['a.example:80'] } }, alt: { match: { hosts: ['a.example:8080'] } } },
    requests: [
      ['http://a.example/', 'eighty'],
      ['http://a.example:80/', 'eighty'],
      ['http://a.example:8080/', 'alt'],
      ['http://a.example:81/', null]
    ]
  },
  {
    name: 'a wildcard takes every depth, not the bare name and no empty label',
    routes: { wild: { match: { hosts: ['*.example.com'] } } },
    requests: [
      ['http://a.example.com/', 'wild'],
      ['http://a.b.example.com/', 'wild'],
      ['http://example.com/', null],
      ['http://.example.com/', null],
      ['http://a..example.com/', null],
      ['http://aexample.com/', null],
      ['http://a.example.com.evil/', null]
    ]
  },
  {
    name: 'the longer of two wildcards wins',
    routes: { short: { match: { hosts: ['*.example.com'] } }, long: { match: { hosts: ['*.eu.example.com'] } } },
    requests: [
      ['http://a.eu.example.com/', 'long'],
      ['http://a.us.example.com/', 'short'],
      ['http://eu.example.com/', 'short']
    ]
  },
  {
    name: 'every host form, from the one that wins to the one that loses',
    routes: {
      none: {},
      star: { match: { hosts: ['*'] }, priority: -1 },
      port: { match: { hosts: ['*:8080'] } },
      wild: { match: { hosts: ['*.b.example'] } },
      wildPort: { match: { hosts: ['*.example:8080'] } },
      host: { match: { hosts: ['a.b.example:*'] } },
      hostPort: { match: { hosts: ['a.b.example:8080'] } }
    },
    requests: [
      ['http://a.b.example:8080/', 'hostPort'],
      ['http://a.b.example:8081/', 'host'],
      ['http://x.b.example:8080/', 'wildPort'],
      ['http://x.b.example:8081/', 'wild'],
      ['http://other:8080/', 'port'],
      ['http://other:8081/', 'none']
    ]
  },
  {
    name: 'one route with several hosts ranks by the host that fits',
    routes: { many: { match: { hosts: ['a.example', '*.example'] } }, wild: { match: { hosts: ['*.b.example'] } } },
    requests: [
      ['http://a.example/', 'many'],
      ['http://x.b.example/', 'wild'],
      ['http://x.c.example/', 'many']
    ]
  },
  {
    name: 'an IPv6 host',
    routes: { six: { match: { hosts: ['[0::1]'] } }, sixPort: { match: { hosts: ['[::1]:81'] } } },
    requests: [
      ['http://[::1]/', 'six'],
      ['http://[::1]:81/', 'sixPort']
    ]
  },
  {
    name: 'the path goes before the host',
    routes: { host: { match: { hosts: ['a.example'], ...prefix('/') } }, path: { match: prefix('/api') } },
    requests: [
      ['http://a.example/api/x', 'path'],
      ['http://a.example/x', 'host']
    ]
  },
  {
    name: 'methods go before the host',
    routes: { host: { match: { hosts: ['a.example'] } }, method: { match: { methods: ['GET'] } } },
    requests: [
      ['GET http://a.example/', 'method'],
      ['PUT http://a.example/', 'host']
    ]
  },
  {
    name: 'a bigger priority goes before everything else',
    routes: { best: { match: { hosts: ['a.example:80'], ...exact('/a'), methods: ['GET'] } }, big: { priority: 1 }, small: { match: exact('/b'), priority: -1 } },
    requests: [
      ['GET http://a.example/a', 'big'],
      ['GET http://a.example/b', 'big']
    ]
  },
  {
    name: 'a smaller priority loses against no criterion at all',
    routes: { small: { match: { hosts: ['a.example'], ...exact('/a') }, priority: -5 }, all: { match: { methods: ['GET'] } } },
    requests: [
      ['GET http://a.example/a', 'all'],
      ['PUT http://a.example/a', 'small']
    ]
  },
  {
    name: 'a route that names its listeners is served by them only, and goes before one for all',
    routes: { all: {}, named: { listeners: ['two'] }, gone: { listeners: ['off'], match: exact('/x') } },
    requests: [
      ['http://h/ one', 'all'],
      ['http://h/ two', 'named'],
      ['http://h/x two', 'named'],
      ['http://h/x off', null]
    ]
  },
  {
    name: 'what comes before the listeners in the order still decides between named and not named',
    routes: { named: { listeners: ['one'] }, better: { match: prefix('/a') }, best: { match: prefix('/a/b'), listeners: ['one', 'two'] } },
    requests: [
      ['http://h/a one', 'better'],
      ['http://h/a/b one', 'best'],
      ['http://h/a/b two', 'best'],
      ['http://h/ one', 'named'],
      ['http://h/ two', null]
    ]
  },
  {
    name: 'paths and suffixes whose hashes are equal are told apart',
    routes: { left: { match: prefix('/2pf8') }, right: { match: prefix('/jrj6') }, leftHost: { match: { hosts: ['*.lzy7'], ...prefix('/x') } }, rightHost: { match: { hosts: ['*.pa6e'], ...prefix('/x') } } },
    requests: [
      ['http://h/2pf8/x', 'left'],
      ['http://h/jrj6/x', 'right'],
      ['http://h/JRJ6/x', null],
      ['http://a.lzy7/x', 'leftHost'],
      ['http://a.pa6e/x', 'rightHost']
    ]
  },
  {
    name: 'paths whose hashes are equal are told apart with letter case ignored too',
    routes: { left: { match: prefix('/2pf8', { caseSensitive: false }) } },
    requests: [
      ['http://h/2PF8/x', 'left'],
      ['http://h/jrj6/x', null]
    ]
  },
  {
    name: 'the smaller id decides last',
    routes: { first: { match: prefix('/a') }, second: { match: prefix('/a') } },
    requests: [['http://h/a', 'first']]
  },
  {
    name: 'a path pattern gets the whole path, segment by segment, letter case ignored unless it says otherwise',
    routes: { one: { match: pattern('/Users/{id:int}') }, any: { match: pattern('/users/{name}') }, rest: { match: pattern('/users/{**rest}') }, strict: { match: pattern('/Strict/{x}', { caseSensitive: true }) } },
    requests: [
      ['http://h/users/7', 'one'],
      ['http://h/USERS/7/', 'one'],
      ['http://h/users/ann', 'any'],
      ['http://h/users/ann/x', 'rest'],
      ['http://h/users', 'rest'],
      ['http://h/users//', 'rest'],
      ['http://h/user', null],
      ['http://h/Strict/a', 'strict'],
      ['http://h/strict/a', null]
    ]
  },
  {
    name: 'pattern literals see the decoded segment, but no encoded slash',
    routes: { cafe: { match: pattern('/caf\u00e9/{x}') } },
    requests: [
      ['http://h/caf%C3%A9/1', 'cafe'],
      ['http://h/CAF%C3%89/1', 'cafe'],
      ['http://h/caf%C3%A9%2F1', null]
    ]
  },
  {
    name: 'literal segments go before patterns, these by precedence, expressions after all of them',
    routes: {
      expression: { match: { path: { type: 'regex', value: '/a/.*' } } },
      catchAll: { match: pattern('/{**rest}') },
      parameter: { match: pattern('/a/{x}') },
      constrained: { match: pattern('/a/{x:alpha}') },
      prefix: { match: prefix('/a/b') },
      exact: { match: exact('/a/b') },
      none: {}
    },
    requests: [
      ['http://h/a/b', 'exact'],
      ['http://h/a/b/c', 'prefix'],
      ['http://h/a/c', 'constrained'],
      ['http://h/a/1', 'parameter'],
      ['http://h/a/1/2', 'catchAll']
    ]
  },
  {
    name: 'an expression is tried on the whole path',
    routes: { numbers: { match: { path: { type: 'regex', value: '/v[0-9]+|/w' } } }, none: {} },
    requests: [
      ['http://h/v12', 'numbers'],
      ['http://h/w', 'numbers'],
      ['http://h/v12/x', 'none'],
      ['http://h/x/v1', 'none'],
      ['http://h/V1', 'none']
    ]
  },
  {
    name: 'a tenant has its routes before the global ones, and nobody else has them',
    routes: { global: { match: exact('/x') }, acme: { tenantCode: 'acme' }, strong: { priority: 1, match: prefix('/strong') } },
    requests: [
      ['http://h/x', 'global'],
      ['http://h/x', 'acme', { tenantCode: 'acme' }],
      ['http://h/x', 'global', { tenantCode: 'beta' }],
      ['http://h/y', null, { tenantCode: 'ACME' }],
      ['http://h/strong', 'strong', { tenantCode: 'acme' }]
    ]
  },
  {
    name: 'upgrades: only, never, or either',
    routes: { sockets: { match: { websocket: true } }, plain: { match: { websocket: false } }, either: { match: exact('/e') } },
    requests: [
      ['http://h/', 'sockets', { isWebSocket: true }],
      ['http://h/', 'plain'],
      ['http://h/e', 'either', { isWebSocket: true }],
      ['http://h/e', 'either']
    ]
  },
  {
    name: 'more header rules go before fewer, then more query rules; all must hold',
    routes: {
      none: {},
      oneHeader: { match: { headers: [{ name: 'X-A', values: ['1'] }] } },
      twoHeaders: { match: { headers: [{ name: 'X-A', values: ['1'] }, { name: 'X-B', mode: 'Exists' }] } },
      query: { match: { headers: [{ name: 'X-A', values: ['1'] }], query: [{ name: 'q', values: ['1', '2'] }] } }
    },
    requests: [
      ['http://h/', 'none'],
      ['http://h/', 'oneHeader', { fields: 'x-a: 1\r\n' }],
      ['http://h/', 'twoHeaders', { fields: 'x-a: 1\r\nX-B: y\r\n' }],
      ['http://h/?q=2', 'query', { fields: 'X-A: 1\r\n' }],
      ['http://h/?q=3', 'oneHeader', { fields: 'X-A: 1\r\n' }]
    ]
  }
]
