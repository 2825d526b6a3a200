import { headerSafe } from './value-template.ts'

/** Writes lines of one field. The last one is kept: most values are the same for every request. */
export function lineWriter(name: string): (value: string) => string {
  let last: string | null = null
  let line = ''
  return (value) => {
    if (value !== last) {
      last = value
      line = `${name}: ${headerSafe(value)}\r\n`
    }
    return line
  }
}
