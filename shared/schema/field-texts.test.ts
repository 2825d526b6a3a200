import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SchemaNode } from '../snapshot/schema-node.ts'
import { IdentifiedListener, IdentifiedRoute, IdentifiedUpstream } from './snapshot.ts'

/** What the end of a number's name promises about its unit; the longest ending counts. */
const UNITS: [suffix: string, unit: string][] = [
  ['BytesPerSecond', 'bytes/s'],
  ['PerSecond', ''],
  ['Ms', 'ms'],
  ['Seconds', 's'],
  ['Bytes', 'bytes'],
  ['Percent', '%']
]

interface Field {
  place: string
  name: string
  node: SchemaNode
}

/** Every named field of a schema, at every depth. */
function fieldsOf(node: SchemaNode, place: string): Field[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, inner]) => [{ place: `${place}/${name}`, name, node: inner }, ...fieldsOf(inner, `${place}/${name}`)])
  const items = node.items === undefined ? [] : fieldsOf(node.items, `${place}/*`)
  return [...own, ...items, ...(node.anyOf ?? []).flatMap((variant) => fieldsOf(variant, place))]
}

const FIELDS = Object.entries({ listener: IdentifiedListener, upstream: IdentifiedUpstream, route: IdentifiedRoute }).flatMap(([place, schema]) => fieldsOf(schema as SchemaNode, place))

describe('every field of the model', () => {
  test('is looked at', () => {
    assert.ok(FIELDS.length > 150, `only ${FIELDS.length} fields were found`)
    for (const place of ['listener/limits/maxHeaders', 'upstream/targets/*/weight', 'upstream/healthCheck/passive/policy/failures', 'route/match/headers/*/mode']) {
      assert.ok(FIELDS.some((field) => field.place === place), place)
    }
  })

  test('has a title and a description', () => {
    const bare = FIELDS.filter(({ node }) => !node.title || !node.description).map((field) => field.place)
    assert.deepEqual(bare, [])
  })

  test('with a unit in its name says the unit', () => {
    const wrong = FIELDS.filter(({ name, node }) => {
      const isNumber = node.type === 'integer' || node.type === 'number'
      const promise = UNITS.find(([suffix]) => name.endsWith(suffix))
      return isNumber && promise !== undefined && (node.unit ?? '') !== promise[1]
    })
    assert.deepEqual(wrong.map((field) => field.place), [])
  })

  test('with a unit of time or size has it in its name', () => {
    const endings: Record<string, string> = { ms: 'Ms', s: 'Seconds', bytes: 'Bytes', 'bytes/s': 'BytesPerSecond' }
    const wrong = FIELDS.filter(({ name, node }) => node.unit !== undefined && node.unit in endings && !name.endsWith(endings[node.unit]!))
    assert.deepEqual(wrong.map((field) => field.place), [])
  })

  test('whose pattern a person may get wrong says in words what it asks for', () => {
    const wordless = FIELDS.filter(({ node }) => node.pattern !== undefined && node.form === undefined)
    assert.deepEqual(wordless.map((field) => field.place), [])
  })

  test('that is a list, a map or a text is bounded', () => {
    const unbounded = FIELDS.filter(({ node }) => {
      if (node.type === 'array') return node.maxItems === undefined
      if (node.patternProperties !== undefined) return node.maxProperties === undefined
      return node.type === 'string' && node.const === undefined && node.maxLength === undefined && !/\{(\d+,)?\d+\}\$$/.test(node.pattern ?? '')
    })
    assert.deepEqual(unbounded.map((field) => field.place), [])
  })
})
