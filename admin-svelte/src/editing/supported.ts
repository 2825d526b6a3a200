import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { SUPPORTED_FIELDS } from '../../../shared/snapshot/rules/supported-fields.ts'
import { fieldSchema } from './field-schema.ts'

/** Whether this version of the gateway does anything with a field, or with some field below it. What it does with a whole object it does with its fields. */
export function isSupported(kind: DraftedKind, pointer: string): boolean {
  const path = pointer.slice(1).replaceAll(/\/\d+(?=\/|$)/g, '/*')
  return Object.keys(SUPPORTED_FIELDS[kind]).some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`))
}

/** The declared words of a field that may be chosen now. */
export function supportedWords(kind: DraftedKind, pointer: string): readonly (string | number)[] {
  const support = SUPPORTED_FIELDS[kind][pointer.slice(1).replaceAll(/\/\d+(?=\/|$)/g, '/*')]
  const declared = fieldSchema(kind, pointer).enum ?? []
  return Array.isArray(support) ? declared.filter((word) => support.includes(word)) : declared
}
