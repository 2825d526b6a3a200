const SPACE = /[ \t\n\r]*/y
const STRING = /"(?:[\x20\x21\x23-\x5b\x5d-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

export interface TextPlace {
  /** Both from 1. */
  line: number
  column: number
}

/** Where a text stops being JSON (RFC 8259); null when it does not. Browsers tell it each in words of their own, or not at all. */
export function jsonProblem(text: string): TextPlace | null {
  const scanner = new Scanner(text)
  if (scanner.value() && scanner.isAtEnd()) return null
  const before = text.slice(0, scanner.at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** Each step says whether it found what it looks for; where one did not, `at` stays. */
class Scanner {
  readonly #text: string
  at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): boolean {
    this.#take(SPACE)
    if (this.#takes('{')) return this.#list('}', () => this.#member())
    if (this.#takes('[')) return this.#list(']', () => this.value())
    return this.#take(STRING) || this.#take(SCALAR)
  }

  isAtEnd(): boolean {
    this.#take(SPACE)
    return this.at === this.#text.length
  }

  #list(end: string, item: () => boolean): boolean {
    if (this.#takes(end)) return true
    do if (!item()) return false
    while (this.#takes(','))
    return this.#takes(end)
  }

  #member(): boolean {
    this.#take(SPACE)
    return this.#take(STRING) && this.#takes(':') && this.value()
  }

  #takes(mark: string): boolean {
    this.#take(SPACE)
    if (this.#text[this.at] !== mark) return false
    this.at += 1
    return true
  }

  #take(part: RegExp): boolean {
    part.lastIndex = this.at
    const found = part.exec(this.#text)
    if (found !== null) this.at += found[0].length
    return found !== null
  }
}
