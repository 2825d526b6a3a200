/** 32-bit FNV-1a over UTF-16 code units, taken one at a time, so that every prefix of a text is hashed on the way. */
export const HASH_START = 0x811c9dc5 | 0

export function hashNext(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

export function hashText(text: string): number {
  let hash = HASH_START
  for (let index = 0; index < text.length; index++) hash = hashNext(hash, text.charCodeAt(index))
  return hash
}

/** The hash of the text read from its end. */
export function hashTextBackwards(text: string): number {
  let hash = HASH_START
  for (let index = text.length - 1; index >= 0; index--) hash = hashNext(hash, text.charCodeAt(index))
  return hash
}

/** ASCII letters in lower case, everything else as it is. */
export function foldCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code
}
