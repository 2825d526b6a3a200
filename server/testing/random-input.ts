import type { TSchema } from 'typebox'
import type { SchemaNode } from '../../shared/snapshot/schema-node.ts'

/** A repeatable source of chance (mulberry32). */
export interface Random {
  /** From 0 up to, not including, `below`. */
  int(below: number): number
  pick<T>(items: readonly T[]): T
}

export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return { int, pick: (items) => items[int(items.length)]! }
}

const NASTY_TEXTS = ['', ' ', '\0', 'a\0b', '\ud800', '\u202e', "'; DROP TABLE routes; --", '%', '\\', '/', '__proto__', 'null', '1', '-1', '1e999', 'a'.repeat(300), '😀'.repeat(130), '2026-02-31T99:99:99Z', '2026-11-23T00:00:00.000Z', '9'.repeat(40), '01890000-0000-7000-8000-000000000000', '-'.repeat(36), 'a'.repeat(36), '01890000-0000-7000-8000-00000000000G', 'http://[::1]:80', '*.example.org']
const NASTY_NUMBERS = [0, -0, -1, 1, 1.5, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, 1e308, 65_536]

function randomValue(random: Random, depth: number): unknown {
  switch (random.int(depth > 3 ? 5 : 7)) {
    case 0:
      return null
    case 1:
      return random.pick([true, false])
    case 2:
      return random.pick(NASTY_NUMBERS)
    case 3:
    case 4:
      return random.pick(NASTY_TEXTS)
    case 5:
      return Array.from({ length: random.int(4) }, () => randomValue(random, depth + 1))
    default:
      return Object.fromEntries(Array.from({ length: random.int(4) }, () => [random.pick(NASTY_TEXTS), randomValue(random, depth + 1)]))
  }
}

/** Something that nearly fits the schema: most parts are right, some are anything. */
function nearValue(random: Random, node: SchemaNode, depth: number): unknown {
  if (random.int(8) === 0) return randomValue(random, depth)
  if (node.anyOf) return nearValue(random, random.pick(node.anyOf), depth)
  if (node.enum) return random.pick(node.enum)
  if (node.const !== undefined) return node.const
  switch (node.type) {
    case 'object':
      return nearObject(random, node, depth)
    case 'array':
      return Array.from({ length: random.int(3) }, () => nearValue(random, node.items ?? {}, depth + 1))
    case 'integer':
    case 'number':
      return random.int(3) === 0 ? random.pick(NASTY_NUMBERS) : (node.minimum ?? 0) + random.int(10)
    case 'boolean':
      return random.pick([true, false])
    case 'null':
      return null
    default:
      return random.pick([...NASTY_TEXTS, '/path', 'GET', 'http', '200-299', 'name', '0'.repeat(64)])
  }
}

function nearObject(random: Random, node: SchemaNode, depth: number): Record<string, unknown> {
  if (node.patternProperties) return { [random.pick(NASTY_TEXTS)]: nearValue(random, Object.values(node.patternProperties)[0] ?? {}, depth + 1) }
  const required = new Set(node.required)
  const fields = Object.entries(node.properties ?? {}).filter(([name]) => (required.has(name) ? random.int(12) > 0 : random.int(3) === 0))
  const near: Record<string, unknown> = Object.fromEntries(fields.map(([name, inner]) => [name, nearValue(random, inner, depth + 1)]))
  if (random.int(10) === 0) near[random.pick(NASTY_TEXTS)] = randomValue(random, depth)
  return near
}

/** Bodies that have broken parsers and tree walkers before. */
export const ODD_BODIES: readonly string[] = [
  '',
  '{',
  '[]',
  'null',
  '"',
  '{"a":1}}',
  '\0',
  '['.repeat(100_000),
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  `${'{"labels":{"a":['}${'['.repeat(50_000)}${']'.repeat(50_000)}]}}`,
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"name":"a\\u0000b"}',
  '{"name":"\\ud800"}',
  '{"name":null,"targets":null,"match":null}'
]

const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url')
const UUID = '01890000-0000-7000-8000-000000000000'

/** Queries with cursors that no page gave. */
export const ODD_CURSORS: readonly string[] = [['a', 'b'], ['a', UUID], ['a\0', UUID], ['\ud800', UUID], ['2026-02-31T00:00:00.000Z', UUID], ['+099999-01-01T00:00:00.000Z', UUID], ['0000-01-01T00:00:00.000Z', UUID], ['9'.repeat(18), '9'.repeat(18)], [1, 1], [1e300, 2], [1, UUID], [null, UUID], 'a', null].flatMap((position) =>
  ['name', 'updatedAt', '-id', '-since', '-revision'].map((sort) => `sort=${sort}&cursor=${cursor(Array.isArray(position) ? [sort, ...position] : position)}`)
)

/** The text of a body: the example or near it, near the schema, any JSON, or no JSON at all. */
export function randomBody(random: Random, schema: TSchema | undefined, example: unknown): string {
  const kind = random.int(10)
  if (kind === 0) return random.pick(ODD_BODIES)
  if (kind < 4 && example !== undefined) return JSON.stringify(nearExample(random, example))
  if (kind === 1 || schema === undefined) return JSON.stringify(randomValue(random, 0))
  return JSON.stringify(nearValue(random, schema as SchemaNode, 0))
}

/** The example with one of its parts replaced, left out or added, or as it is. */
function nearExample(random: Random, example: unknown): unknown {
  if (typeof example !== 'object' || example === null || random.int(4) === 0) return example
  const copy = structuredClone(example) as Record<string, unknown>
  const names = Object.keys(copy)
  const name = names.length === 0 || random.int(6) === 0 ? random.pick(NASTY_TEXTS) : random.pick(names)
  if (random.int(5) === 0) delete copy[name]
  else Object.defineProperty(copy, name, { value: random.int(2) === 0 ? nearExample(random, copy[name]) : randomValue(random, 0), enumerable: true, configurable: true })
  return copy
}

const HEADERS: readonly [name: string, values: readonly string[]][] = [
  ['if-match', ['"1"', '"2"', '*', '1', 'W/"1"', '"99999999999"', '"-1"', '""', 'x'.repeat(4_000)]],
  ['content-type', ['application/json', 'application/json; charset=utf-16', 'text/plain', 'application/xml', ';', 'x'.repeat(300)]],
  ['idempotency-key', ['a', 'b', '\u00e9', ' ', 'x'.repeat(300)]],
  ['accept', ['*/*', 'text/html', 'application/x-ndjson', ';;;', '']],
  ['x-csrf-token', ['x', '\u00ff'.repeat(32)]],
  ['cookie', ['gateway_session=x', 'gateway_session=', '=;=;', `a=${'b'.repeat(3_000)}`]],
  ['accept-encoding', ['gzip', 'identity;q=0', 'x']],
  ['x-forwarded-for', ['127.0.0.1', 'nobody, , 1']],
  ['range', ['bytes=0-1']]
]

/** Some headers, right and wrong ones; mostly the version that most resources have. */
export function randomHeaders(random: Random): Record<string, string> {
  const headers: Record<string, string> = random.int(4) === 0 ? {} : { 'if-match': '"1"' }
  for (let count = random.int(3); count > 0; count--) {
    const [name, values] = random.pick(HEADERS)
    headers[name] = random.pick(values)
  }
  return headers
}

/** A query that has some of the endpoint's parameters, or others. */
export function randomQuery(random: Random, schema: TSchema | undefined): string {
  const names = [...Object.keys((schema as SchemaNode | undefined)?.properties ?? {}), 'other', '__proto__']
  const query = new URLSearchParams()
  for (let count = random.int(3); count > 0; count--) {
    const value = random.pick([...NASTY_TEXTS, 'live', 'draft', 'name', '10'])
    query.append(random.pick(names), value)
  }
  return query.size === 0 ? '' : `?${query}`
}

/** A path segment: often one of `known`, else something odd. */
export function randomSegment(random: Random, known: readonly string[]): string {
  if (random.int(3) > 0) return random.pick(known)
  const text = random.pick(NASTY_TEXTS.filter((entry) => entry.isWellFormed() && entry !== ''))
  return random.pick([encodeURIComponent(text), '%zz', '%00', '%ff', '%2f'])
}
