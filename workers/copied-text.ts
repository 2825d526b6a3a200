/** The same text with memory of its own: a slice of a head would keep the whole head. */
export function copiedText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
