import { isFieldValue, isToken } from './characters.ts'

const COLON = 0x3a
const SPACE = 0x20
const TAB = 0x09

/**
 * Reads one field line of a head at a time. The head is latin1 text whose lines end with CR LF; positions are into it.
 * One reader per thread is enough: it is used and left within one call.
 */
export class FieldReader {
  text = ''
  nameStart = 0
  nameEnd = 0
  valueStart = 0
  valueEnd = 0
  /** The line as it stands is `name: value`, so that it may be copied without writing it anew. */
  isPlain = false

  /**
   * Reads the line that starts at `start`. Returns the start of the next line, or -1 when the line is not a field:
   * no colon, a name that is not a token, space before the colon, control bytes, a bare CR or LF, or folding.
   */
  read(start: number, end: number): number {
    const { text } = this
    let at = start
    while (at < end && isToken(text.charCodeAt(at))) at++
    if (at === start || text.charCodeAt(at) !== COLON) return -1
    this.nameStart = start
    this.nameEnd = at
    let from = ++at
    while (isBlank(text.charCodeAt(from))) from++
    at = from
    while (at < end && isFieldValue(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== 0x0d || text.charCodeAt(at + 1) !== 0x0a) return -1
    let to = at
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--
    this.valueStart = from
    this.valueEnd = to
    this.isPlain = to === at && from === this.nameEnd + 2 && text.charCodeAt(from - 1) === SPACE
    return at + 2
  }

  value(): string {
    return this.text.slice(this.valueStart, this.valueEnd)
  }

  /** The line written anew, with its end. */
  line(): string {
    return `${this.text.slice(this.nameStart, this.nameEnd)}: ${this.value()}\r\n`
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
