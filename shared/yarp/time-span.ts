const MS_PER_DAY = 86_400_000
/** TimeSpan.MaxValue, in days. */
const MAX_DAYS = 10_675_199

/**
 * Milliseconds of a TimeSpan of .NET as text: `[-]d`, `[-][d.]hh:mm[:ss[.fffffff]]`, also `d:hh:mm:ss`. May have a fraction
 * (a tick is 100 ns). Null when it is none.
 */
export function parseTimeSpan(text: string): number | null {
  const plain = text.trim()
  const days = /^(-?)(\d{1,8})$/.exec(plain)
  if (days !== null) return signed(days[1]!, Number(days[2]), 0)
  const parts = /^(-?)(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(plain) ?? /^(-?)(\d{1,8}):(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/.exec(plain)
  if (parts === null) return null
  const [, sign = '', day = '0', hours, minutes, seconds = '0', fraction = ''] = parts
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(7, '0')) / 10_000
  return signed(sign, Number(day), ms)
}

function signed(sign: string, days: number, ms: number): number | null {
  if (days > MAX_DAYS) return null
  const total = days * MS_PER_DAY + ms
  return sign === '-' && total !== 0 ? -total : total
}

/** The text of a TimeSpan as .NET writes it: `[-][d.]hh:mm:ss[.fffffff]`. */
export function formatTimeSpan(milliseconds: number): string {
  const total = Math.abs(milliseconds)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const days = Math.floor(total / MS_PER_DAY)
  const ticks = Math.round((total % 1000) * 10_000)
  const clock = `${two((total % MS_PER_DAY) / 3_600_000)}:${two((total % 3_600_000) / 60_000)}:${two((total % 60_000) / 1000)}`
  return `${milliseconds < 0 ? '-' : ''}${days > 0 ? `${days}.` : ''}${clock}${ticks === 0 ? '' : `.${String(ticks).padStart(7, '0')}`}`
}
