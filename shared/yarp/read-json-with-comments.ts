import type { JsonMap, JsonValue } from './json-value.ts'

/** Objects and lists inside each other; System.Text.Json takes as many. */
const MAX_DEPTH = 64

/** Where a text stops being JSON: line and column count from 1. */
export interface JsonProblem {
  message: string
  line: number
  column: number
}

/**
 * Reads JSON (RFC 8259) with what .NET allows in its settings files: comments, commas at the end and a byte order mark.
 * A key that is there twice, letter case ignored, is a problem, as it is there.
 */
export function readJsonWithComments(text: string): { value: JsonValue } | { problem: JsonProblem } {
  const reader = new JsonReader(text)
  try {
    const value = reader.value(0)
    reader.end()
    return { value }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    const before = text.slice(0, error.at).split(/\r\n|\r|\n/)
    return { problem: { message: error.message, line: before.length, column: before.at(-1)!.length + 1 } }
  }
}

class SyntaxProblem extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

class JsonReader {
  readonly #text: string
  #at: number

  constructor(text: string) {
    this.#text = text
    this.#at = text.startsWith('\ufeff') ? 1 : 0
  }

  value(depth: number): JsonValue {
    const character = this.#next()
    if (character === '{' || character === '[') {
      if (depth === MAX_DEPTH) throw this.#problem(`more than ${MAX_DEPTH} objects and lists inside each other`)
      return character === '{' ? this.#object(depth + 1) : this.#list(depth + 1)
    }
    if (character === '"') return this.#string()
    return this.#literal()
  }

  end(): void {
    if (this.#next() !== '') throw this.#problem('something stands behind the end of the JSON')
  }

  #object(depth: number): JsonMap {
    const map: JsonMap = new Map()
    const names = new Set<string>()
    this.#at++
    while (this.#next() !== '}') {
      if (this.#next() !== '"') throw this.#problem('a key in double quotes, or "}", is wanted here')
      const at = this.#at
      const key = this.#string()
      if (names.has(key.toLowerCase())) throw new SyntaxProblem(at, `the key ${JSON.stringify(key)} is there twice; letter case is ignored`)
      names.add(key.toLowerCase())
      if (this.#next() !== ':') throw this.#problem('":" is wanted here')
      this.#at++
      map.set(key, this.value(depth))
      this.#comma('}')
    }
    this.#at++
    return map
  }

  #list(depth: number): JsonValue[] {
    const items: JsonValue[] = []
    this.#at++
    while (this.#next() !== ']') {
      items.push(this.value(depth))
      this.#comma(']')
    }
    this.#at++
    return items
  }

  #comma(end: string): void {
    const character = this.#next()
    if (character === ',') this.#at++
    else if (character !== end) throw this.#problem(`"," or "${end}" is wanted here`)
  }

  #string(): string {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') {
      if (this.#text.charCodeAt(end) < 0x20) throw new SyntaxProblem(end, 'a line break or control character inside a text')
      end += this.#text[end] === '\\' ? 2 : 1
    }
    if (end >= this.#text.length) throw new SyntaxProblem(start, 'a text without an end')
    this.#at = end + 1
    const parsed = parsedOrUndefined(this.#text.slice(start, end + 1))
    if (typeof parsed !== 'string') throw new SyntaxProblem(start, 'a text with a wrong escape')
    return parsed
  }

  #literal(): JsonValue {
    const [word = ''] = /^[-+.\w]*/.exec(this.#text.slice(this.#at, this.#at + 400)) ?? []
    const parsed = parsedOrUndefined(word)
    if (parsed === undefined) throw this.#problem(word === '' ? 'a value is wanted here' : `"${word.slice(0, 40)}" is no value`)
    this.#at += word.length
    return parsed as boolean | number | null
  }

  /** The next character that is no space and in no comment; '' at the end. */
  #next(): string {
    for (;;) {
      const character = this.#text[this.#at] ?? ''
      if (character === '/') this.#comment()
      else if (character === ' ' || character === '\t' || character === '\n' || character === '\r') this.#at++
      else return character
    }
  }

  #comment(): void {
    const start = this.#at
    const kind = this.#text[start + 1]
    if (kind === '*') {
      const end = this.#text.indexOf('*/', start + 2)
      if (end === -1) throw this.#problem('a comment without an end')
      this.#at = end + 2
    } else if (kind === '/') {
      while (this.#at < this.#text.length && !/[\r\n]/.test(this.#text[this.#at]!)) this.#at++
    } else throw this.#problem('"/" begins neither a value nor a comment')
  }

  #problem(message: string): SyntaxProblem {
    return new SyntaxProblem(this.#at, message)
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
