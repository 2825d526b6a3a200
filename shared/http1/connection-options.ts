/** What a Connection field asked for (RFC 9110 section 7.6.1). */
export interface ConnectionOptions {
  close: boolean
  keepAlive: boolean
  upgrade: boolean
  /** Lower-case names of fields that are only for this connection; empty in nearly every message. */
  named: string[]
}

/** Adds the options of one Connection value. Returns false when it is malformed. */
export function readConnectionOptions(value: string, options: ConnectionOptions): boolean {
  // Nearly every one is one of these, written so.
  if (addKnown(value, options)) return true
  for (const part of value.split(',')) {
    const option = part.trim().toLowerCase()
    if (option === '' || addKnown(option, options)) continue
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(option)) return false
    options.named.push(option)
  }
  return true
}

function addKnown(option: string, options: ConnectionOptions): boolean {
  if (option === 'close') options.close = true
  else if (option === 'keep-alive') options.keepAlive = true
  else if (option === 'upgrade') options.upgrade = true
  else return false
  return true
}

/** The field lines without those that are named. Runs only when a Connection field names one. */
export function withoutNamedFields(lines: string, named: readonly string[]): string {
  return lines
    .split('\r\n')
    .filter((line) => line !== '' && !named.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => `${line}\r\n`)
    .join('')
}
