import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { language } from '../i18n/language.svelte.ts'
import { zhCnFields, type FieldText } from '../i18n/zh-cn/fields.ts'
import { fieldSchema } from './field-schema.ts'
import { pointerParts } from './pointer.ts'

/** Title and description of a field in the language of the page; the schema's own (English) where there is no translation. */
export function fieldText(kind: DraftedKind, pointer: string): FieldText {
  const schema = fieldSchema(kind, pointer)
  const declared = { title: schema.title ?? pointerParts(pointer).at(-1) ?? '', description: schema.description ?? '' }
  if (language.code === 'en') return declared
  const path = pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')
  return zhCnFields[`${kind}${path}`] ?? zhCnFields[path] ?? declared
}
