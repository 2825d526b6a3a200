import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FieldSchema, fieldSchema } from '../editing/field-schema.ts'
import { DRAFTED_KINDS } from '../../../shared/schema/resource.ts'
import { ERRORS } from '../../../shared/schema/error-table.ts'
import { en } from './en.ts'
import { zhCn } from './zh-cn.ts'
import { zhCnFields } from './zh-cn/fields.ts'
import { zhCnErrors } from './zh-cn/errors.ts'

const placeholders = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()

test('both languages have the same keys and fill in the same values', () => {
  assert.deepEqual(Object.keys(zhCn).sort(), Object.keys(en).sort())
  for (const [key, words] of Object.entries(en)) assert.deepEqual(placeholders(zhCn[key as keyof typeof en]), placeholders(words), key)
})

test('no word is empty', () => {
  for (const [key, words] of [...Object.entries(en), ...Object.entries(zhCn)]) assert.notEqual(words.trim(), '', key)
})

/** The paths of every field of a kind; an object that is always there is only a section of the form. */
function fieldPaths(schema: FieldSchema, at: string): string[] {
  const parts = [schema, ...(schema.anyOf ?? [])].flatMap(({ properties }) => Object.entries(properties ?? {}))
  return parts.flatMap(([name, field]) => {
    const path = `${at}/${name}`
    const isSection = field.properties !== undefined && field.default !== undefined
    return [...(isSection ? [] : [path]), ...fieldPaths(field, path), ...(field.items === undefined ? [] : fieldPaths(field.items, `${path}/*`))]
  })
}

test('every field of every form has a title and a help in Chinese, and nothing else has', () => {
  const paths = new Set<string>()
  for (const kind of DRAFTED_KINDS) {
    for (const path of fieldPaths(fieldSchema(kind, ''), '')) {
      const key = `${kind}${path}` in zhCnFields ? `${kind}${path}` : path
      paths.add(key)
      assert.match(zhCnFields[key]?.description ?? '', /\p{Script=Han}|^http/u, `${kind}${path}`)
      assert.notEqual(zhCnFields[key]?.title ?? '', '', `${kind}${path}`)
    }
  }
  assert.ok(paths.size > 150, `only ${paths.size} fields were found`)
  assert.deepEqual(Object.keys(zhCnFields).filter((key) => !paths.has(key)), [])
})

test('translated error codes are codes that the API or the page has', () => {
  const known = [...Object.keys(ERRORS), 'unreachable', 'no_answer', 'other_user']
  for (const code of Object.keys(zhCnErrors)) assert.ok(known.includes(code), code)
})
