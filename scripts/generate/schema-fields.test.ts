import assert from 'node:assert/strict'
import test from 'node:test'
import { listFields, markdownTable } from './schema-fields.ts'
import type { Schema } from './schema-fields.ts'

test('fields are listed with their path, type, default and limits', () => {
  const schema: Schema = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 5, description: 'Its name.' },
      items: { items: { type: 'object', properties: { size: { type: 'integer', unit: 'bytes', default: 1, minimum: 0, maximum: 9 } } }, maxItems: 3 },
      mode: { anyOf: [{ type: 'object', properties: { kind: { const: 'a' } } }, { type: 'object', properties: { kind: { const: 'b' }, more: { enum: ['x', 'y'] } } }] }
    }
  }
  assert.deepEqual(listFields(schema).map((field) => [field.path, field.type, field.preset, field.limits]), [
    ['name', 'string', 'required', '1 to 5 characters'],
    ['items', 'list of object', '', 'at most 3 items'],
    ['items[].size', 'integer, bytes', '`1`', '0 to 9'],
    ['mode', 'a or b', '', ''],
    ['mode (a).kind', '`"a"`', '', ''],
    ['mode (b).kind', '`"b"`', '', ''],
    ['mode (b).more', '`x`, `y`', '', '']
  ])
})

test('a cell cannot break the table', () => {
  assert.equal(markdownTable(['A'], [['x | y\nz']]), '| A |\n|---|\n| x \\| y z |')
})
