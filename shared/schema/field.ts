import Type, { type TObjectOptions, type TProperties, type TSchemaOptions } from 'typebox'

/** An object in which every unknown field is an error. Every object of the model is one. */
export function strictObject<P extends TProperties>(properties: P, options: TObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

/** A closed set of words. */
export function words<const W extends string[]>(values: [...W], options: TSchemaOptions = {}) {
  return Type.Enum(values, options)
}

/** What a number field needs to be readable: its name, what it does, its default and its unit. */
export interface NumberField {
  title: string
  description: string
  unit?: string
  default: number
  minimum?: number
  maximum?: number
}

/** A whole number with a default. `unit` is shown in forms and in docs/CONFIG.md. */
export function integer(field: NumberField) {
  return Type.Integer({ minimum: 0, maximum: 2_147_483_647, ...field })
}

/** A UUID in lower case (RFC 9562; new ids are version 7). */
export function uuid(options: TSchemaOptions = {}) {
  return Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$', form: 'a UUID in lower case', ...options })
}

/** A sha256 as 64 lower-case hex digits. */
export function sha256Hex(options: TSchemaOptions = {}) {
  return Type.String({ pattern: '^[0-9a-f]{64}$', form: '64 lower-case hex digits', ...options })
}

/** A moment in ISO 8601, UTC, with milliseconds. */
export function timestamp(options: TSchemaOptions = {}) {
  return Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$', form: 'a moment such as 2026-01-31T12:00:00.000Z', ...options })
}

/** A name that may stand where HTTP wants a token (RFC 9110 section 5.6.2). */
export function token(maxLength: number, options: TSchemaOptions = {}) {
  return Type.String({ pattern: `^[!#$%&'*+.^_\`|~0-9A-Za-z-]{1,${maxLength}}$`, form: `1 to ${maxLength} letters, digits or !#$%&'*+-.^_\`|~`, ...options })
}

/** Text on one line, as names are. */
export function line(maxLength: number, options: TSchemaOptions = {}) {
  return Type.String({ minLength: 1, maxLength, pattern: `^[^\\u0000-\\u001f\\u007f]{1,${maxLength}}$`, form: 'text without control characters', ...options })
}

/** A switch with a default. */
export function flag(title: string, description: string, value: boolean) {
  return Type.Boolean({ title, description, default: value })
}
