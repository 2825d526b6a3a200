import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERRORS } from '../../../shared/schema/error-table.ts'
import { en } from './en.ts'
import { zhCn } from './zh-cn.ts'
import { zhCnErrors } from './zh-cn/errors.ts'

const placeholders = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()

test('both languages have the same keys and fill in the same values', () => {
  assert.deepEqual(Object.keys(zhCn).sort(), Object.keys(en).sort())
  for (const [key, words] of Object.entries(en)) assert.deepEqual(placeholders(zhCn[key as keyof typeof en]), placeholders(words), key)
})

test('no word is empty', () => {
  for (const [key, words] of [...Object.entries(en), ...Object.entries(zhCn)]) assert.notEqual(words.trim(), '', key)
})

test('translated error codes are codes that the API or the page has', () => {
  const known = [...Object.keys(ERRORS), 'unreachable', 'other_user']
  for (const code of Object.keys(zhCnErrors)) assert.ok(known.includes(code), code)
})
