import { compileFindRegex } from '../regex/path-regex.ts'
import { isAlpha, isBoolean, isDateTime, isDecimal, isFileName, isFloat, isGuid, isInt, isLong, parseLong } from './value-kinds.ts'

/** What the value of a parameter must be (aspnetcore Routing/src/Constraints). */
export interface Constraint {
  /** As written, such as `max(10)`. */
  text: string
  /** `value` is null when the parameter has none. */
  holds(value: string | null): boolean
}

type Test = (value: string | null) => boolean

const present = (test: (value: string) => boolean): Test => (value) => value !== null && test(value)

const PLAIN: Readonly<Record<string, Test>> = {
  int: present(isInt),
  bool: present(isBoolean),
  datetime: present(isDateTime),
  decimal: present(isDecimal),
  double: present(isFloat),
  float: present(isFloat),
  guid: present(isGuid),
  long: present(isLong),
  alpha: present(isAlpha),
  required: present((value) => value !== ''),
  file: present(isFileName),
  nonfile: (value) => value === null || !isFileName(value)
}

/** The largest int of .NET, which is what a length is there. */
const MAX_LENGTH = 2_147_483_647n

/** Makes the test of numbers that are the arguments. */
const NUMERIC: Readonly<Record<string, { counts: readonly number[]; make(...numbers: bigint[]): Test }>> = {
  minlength: { counts: [1], make: (least = 0n) => present((value) => BigInt(value.length) >= least) },
  maxlength: { counts: [1], make: (most = 0n) => present((value) => BigInt(value.length) <= most) },
  length: { counts: [1, 2], make: (least = 0n, most = least) => present((value) => BigInt(value.length) >= least && BigInt(value.length) <= most) },
  min: { counts: [1], make: (least = 0n) => present((value) => inRange(value, least, null)) },
  max: { counts: [1], make: (most = 0n) => present((value) => inRange(value, null, most)) },
  range: { counts: [2], make: (least = 0n, most = 0n) => present((value) => inRange(value, least, most)) }
}

const CONSTRAINT_NAMES: readonly string[] = [...Object.keys(PLAIN), ...Object.keys(NUMERIC), 'regex']

/** Makes the constraint of a text such as `int` or `range(1,10)`; says in words why there is none. */
export function createConstraint(text: string): Constraint | { message: string } {
  const [, name = '', , given = ''] = /^([^(]*)(\((.*)\))?$/s.exec(text) ?? []
  const hasArguments = text.endsWith(')')
  const key = name.toLowerCase()
  if (key === 'regex') return regexConstraint(text, given)
  const plain = Object.hasOwn(PLAIN, key) ? PLAIN[key] : undefined
  if (plain !== undefined) return hasArguments ? { message: `the constraint ${name} takes no arguments` } : { text, holds: plain }
  const numeric = Object.hasOwn(NUMERIC, key) ? NUMERIC[key] : undefined
  if (numeric === undefined) return { message: `"${name}" is no constraint; there are ${CONSTRAINT_NAMES.join(', ')}` }
  const numbers = given.split(',').map((argument) => parseLong(argument))
  if (!hasArguments || !numeric.counts.includes(numbers.length) || numbers.includes(null)) {
    return { message: `the constraint ${name} takes ${numeric.counts.join(' or ')} whole number${numeric.counts.includes(1) ? '' : 's'}: ${name}(${numeric.counts.includes(2) ? '1,10' : '10'})` }
  }
  if (key.endsWith('length') && (numbers as bigint[]).some((number) => number < 0n || number > MAX_LENGTH)) {
    return { message: `${text}: a length is from 0 to ${MAX_LENGTH}` }
  }
  const [least, most] = numbers as bigint[]
  if (most !== undefined && most < least!) return { message: `${text}: the second number must not be less than the first` }
  return { text, holds: numeric.make(...(numbers as bigint[])) }
}

function regexConstraint(text: string, expression: string): Constraint | { message: string } {
  if (expression === '') return { message: 'the constraint regex takes an expression: regex(^[a-z]+$)' }
  const regex = compileFindRegex(expression)
  return 'message' in regex ? { message: `the constraint ${text}: ${regex.message}` } : { text, holds: present((value) => regex.matches(value)) }
}

function inRange(value: string, least: bigint | null, most: bigint | null): boolean {
  const number = parseLong(value)
  return number !== null && (least === null || number >= least) && (most === null || number <= most)
}
