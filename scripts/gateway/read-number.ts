import { usage } from './parse-command.ts'

/** @throws Failure where it is no whole number of seconds, or not between 1 and a day. */
export function readSeconds(option: string, text: string): number {
  return readWholeNumber(option, text, 1, 86_400)
}

/** @throws Failure that says what it takes. */
export function readWholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= least && value <= most)) throw usage(`${name} must be a whole number from ${least} to ${most}, not "${text}"`)
  return value
}

/** @throws Failure where it is no revision. */
export function readRevision(text: string): number {
  return readWholeNumber('REVISION', text, 1, 999_999_999)
}

/** live, draft or a revision. @throws Failure where it is none of them. */
export function readPlace(text: string): string {
  if (!/^(live|draft|[1-9]\d{0,8})$/.test(text)) throw usage(`"${text}" must be live, draft or a revision number`)
  return text
}
