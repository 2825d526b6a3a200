/** Text in lower case, each letter for itself: both small sigmas are one, so that a part of a text folds as the whole does. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('\u03c2') ? lower.replaceAll('\u03c2', '\u03c3') : lower
}

/** Letters of ASCII in lower case; other characters as they are. */
function foldCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

/** Whether text[at, at + folded.length) is `folded`, letter case of ASCII ignored. */
export function startsFoldedAt(text: string, at: number, folded: string): boolean {
  if (at + folded.length > text.length) return false
  for (let index = 0; index < folded.length; index++) if (foldCode(text.charCodeAt(at + index)) !== folded.charCodeAt(index)) return false
  return true
}
