/** How far the text of a head has come. */
export const HEAD = { incomplete: 0, complete: 1, bareLineFeed: 2, tooLarge: 3 } as const

/**
 * Collects the bytes of a head, as latin1 text, until its empty line. Each piece is searched once, with the last three
 * characters before it, so that a peer who sends byte by byte costs about what one costs who sends it whole.
 */
export class HeadBuffer {
  text = ''
  /** Behind the CR LF of the last field line; the body starts two bytes later. */
  end = 0
  /** How much of the text was searched. */
  #searched = 0
  #tail = ''

  get bodyStart(): number {
    return this.end + 2
  }

  append(piece: string): void {
    this.text = this.text === '' ? piece : this.text + piece
  }

  /** Forgets everything before `at`. */
  consume(at: number): void {
    this.text = at >= this.text.length ? '' : this.text.slice(at)
    this.#searched = 0
    this.#tail = ''
  }

  /** Looks at what was appended since the last call. `piece` is that text. */
  find(piece: string, maxBytes: number): number {
    const window = this.#tail === '' ? piece : this.#tail + piece
    const found = window.indexOf('\r\n\r\n')
    if (found !== -1) {
      this.end = this.#searched - this.#tail.length + found + 2
      return this.bodyStart > maxBytes ? HEAD.tooLarge : HEAD.complete
    }
    if (hasBareLineFeed(window)) return HEAD.bareLineFeed
    this.#searched += piece.length
    this.#tail = window.slice(-3)
    return this.#searched > maxBytes ? HEAD.tooLarge : HEAD.incomplete
  }
}

function hasBareLineFeed(window: string): boolean {
  for (let at = window.indexOf('\n'); at !== -1; at = window.indexOf('\n', at + 1)) {
    if (at > 0 && window.charCodeAt(at - 1) !== 0x0d) return true
  }
  return false
}
