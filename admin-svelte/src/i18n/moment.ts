import { language } from './language.svelte.ts'

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1]
]

/** "3 minutes ago", for moments up to a week away; the date beyond that. `now` in ms since the epoch. */
export function relativeTime(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  if (Math.abs(seconds) > 7 * 86_400) return new Intl.DateTimeFormat(language.code, { dateStyle: 'medium' }).format(new Date(iso))
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(language.code, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
}

/** The time of day, to the second. */
export function clockTime(at: string | number): string {
  return new Intl.DateTimeFormat(language.code, { timeStyle: 'medium' }).format(new Date(at))
}

/** The time of day of a moment in seconds since 1970, as charts have room for it. */
export function shortTime(seconds: number): string {
  return new Intl.DateTimeFormat(language.code, { hour: '2-digit', minute: '2-digit' }).format(seconds * 1000)
}

export function fullTime(iso: string): string {
  return new Intl.DateTimeFormat(language.code, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso))
}
