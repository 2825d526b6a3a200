/*
 * What .NET takes for a value of each kind, with the invariant culture. White space is that of ASCII.
 */

const INTEGER = /^[\t-\r ]*([+-]?\d{1,64})[\t-\r ]*$/
/** Each text fits in one way only: with two, a long value that does not fit takes time in its square. */
const DIGITS = /(?:\d[\d,]*(?:\.\d*)?|\.\d+)/.source
const NUMBER = new RegExp(`^[\\t-\\r ]*(?:[+-]${DIGITS}|${DIGITS}[+-]?)[\\t-\\r ]*$`)
const FLOAT = new RegExp(`^[\\t-\\r ]*[+-]?(?:${DIGITS}(?:e[+-]?\\d+)?|nan|infinity)[\\t-\\r ]*$`, 'i')
const LARGEST_DECIMAL = '79228162514264337593543950335'
const GUID_FORMS = [
  /^[0-9a-f]{32}$/i,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i,
  /^\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$/i,
  /^\{0x[0-9a-f]{1,8},0x[0-9a-f]{1,4},0x[0-9a-f]{1,4},\{(?:0x[0-9a-f]{1,2},){7}0x[0-9a-f]{1,2}\}\}$/i
]
const TIME = /(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)?/.source
const TIME_OF_HALF_DAY = /(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)? ?[AP]M/.source
/** At most 14 hours from UTC. */
const ZONE = /(?:Z|[+-](?:(?:0\d|1[0-3]):?[0-5]\d|14:?00))?/.source
/** ISO 8601, M/d/yyyy, and RFC 1123, each with or without a time. */
const ISO_DATE = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})(?:[T ]${TIME}${ZONE})?$`)
const US_DATE = new RegExp(`^(\\d{1,2})/(\\d{1,2})/(\\d{4})(?: (?:${TIME}|${TIME_OF_HALF_DAY}))?$`, 'i')
const RFC_DATE = new RegExp(`^(?:(Sun|Mon|Tue|Wed|Thu|Fri|Sat), )?(\\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\\d{4})(?: ${TIME}(?: GMT)?)?$`, 'i')
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A whole number of 64 bits, or null. */
export function parseLong(text: string): bigint | null {
  const digits = INTEGER.exec(text)?.[1]
  if (digits === undefined) return null
  const number = BigInt(digits.replace('+', ''))
  return BigInt.asIntN(64, number) === number ? number : null
}

export function isLong(text: string): boolean {
  return parseLong(text) !== null
}

export function isInt(text: string): boolean {
  const number = parseLong(text)
  return number !== null && BigInt.asIntN(32, number) === number
}

export function isBoolean(text: string): boolean {
  return /^[\t-\r ]*(?:true|false)[\t-\r ]*$/i.test(text)
}

/** System.Decimal: a whole part of 96 bits, any fraction. */
export function isDecimal(text: string): boolean {
  if (!NUMBER.test(text)) return false
  const whole = text.replace(/\..*|[^\d.]/gs, '').replace(/^0+/, '')
  return whole.length < LARGEST_DECIMAL.length || (whole.length === LARGEST_DECIMAL.length && whole <= LARGEST_DECIMAL)
}

export function isFloat(text: string): boolean {
  return FLOAT.test(text)
}

export function isGuid(text: string): boolean {
  const trimmed = text.trim()
  return GUID_FORMS.some((form) => form.test(trimmed))
}

export function isAlpha(text: string): boolean {
  return /^[a-z]*$/i.test(text)
}

/**
 * Takes the forms that are unambiguous; .NET knows more: `2026-01-31`, with `T` or a blank also `12:30[:00[.0000000]]`
 * and then `Z` or `+02:00` (ISO 8601); `1/31/2026[ 12:30[:00][ PM]]`; `[Sat, ]31 Jan 2026[ 12:30[:00][ GMT]]` (RFC 1123).
 */
export function isDateTime(text: string): boolean {
  const trimmed = text.trim()
  const [, isoYear, isoMonth, isoDay] = ISO_DATE.exec(trimmed) ?? []
  if (isoYear !== undefined) return isDay(Number(isoYear), Number(isoMonth), Number(isoDay))
  const [, month, day, year] = US_DATE.exec(trimmed) ?? []
  if (year !== undefined) return isDay(Number(year), Number(month), Number(day))
  const [, weekday, rfcDay, rfcMonth, rfcYear] = RFC_DATE.exec(trimmed) ?? []
  if (rfcYear === undefined) return false
  const monthNumber = MONTHS.indexOf(rfcMonth!.toLowerCase()) + 1
  if (!isDay(Number(rfcYear), monthNumber, Number(rfcDay))) return false
  return weekday === undefined || weekday.toLowerCase() === weekdayOf(Number(rfcYear), monthNumber, Number(rfcDay))
}

/** The calendar repeats every 400 years; Date.UTC() takes years below 100 for others. */
function weekdayOf(year: number, month: number, day: number): string {
  return WEEKDAYS[new Date(Date.UTC(2000 + (year % 400), month - 1, day)).getUTCDay()]!
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

/** The last segment has a dot with something behind it (FileNameRouteConstraint.cs). */
export function isFileName(text: string): boolean {
  const last = text.slice(text.lastIndexOf('/') + 1)
  const dot = last.indexOf('.')
  return dot !== -1 && /[^.]/.test(last.slice(dot + 1))
}
