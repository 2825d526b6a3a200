import type { OwnCopies } from './own-copies.ts'

/** Values by a text that is looked up by its hash, so that a part of a longer text is found without cutting it out. */
export interface TextIndex<T> {
  readonly byHash: ReadonlyMap<number, TextNode<T>>
  /** No text is longer. */
  readonly longest: number
  /** Bit `length % 32` is set for the length of every text: most lengths need not be looked up. */
  readonly lengths: number
}

export interface TextNode<T> {
  readonly text: string
  readonly value: T
  /** Another text with the same hash. */
  readonly next: TextNode<T> | null
}

/** The index with the value of one text changed (null: none); null when that leaves it empty. */
export function changeText<T>(index: TextIndex<T> | null, text: string, hash: number, change: (value: T | null) => T | null, copies: OwnCopies): TextIndex<T> | null {
  const first = index?.byHash.get(hash) ?? null
  const value = change(valueOf(first, text))
  const byHash = copies.withKey(index?.byHash ?? null, hash, withValue(first, text, value))
  // Neither is made smaller again: that would cost a look at every text, and only saves a few steps of a search.
  return byHash === null ? null : { byHash, longest: Math.max(index?.longest ?? 0, text.length), lengths: (index?.lengths ?? 0) | (1 << text.length) }
}

/** False where no text is this long. */
export function mayHaveLength({ lengths }: TextIndex<unknown>, length: number): boolean {
  return ((lengths >>> length) & 1) === 1
}

function valueOf<T>(first: TextNode<T> | null, text: string): T | null {
  for (let node = first; node !== null; node = node.next) if (node.text === text) return node.value
  return null
}

function withValue<T>(node: TextNode<T> | null, text: string, value: T | null): TextNode<T> | null {
  if (node !== null && node.text !== text) return textNode(node.text, node.value, withValue(node.next, text, value))
  const next = node === null ? null : node.next
  return value === null ? next : textNode(text, value, next)
}

function textNode<T>(text: string, value: T, next: TextNode<T> | null): TextNode<T> {
  return { text, value, next }
}
