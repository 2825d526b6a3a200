import type { IconName } from '../widgets/icon.svelte'

/** Something that the palette goes to. */
export interface PaletteEntry {
  href: string
  text: string
  /** What it is, in a word. */
  about: string
  icon: IconName
}

/**
 * The entries that fit, the best first: those that begin with what was typed, then those with a word that does, then those
 * that hold it.
 */
export function findEntries(entries: readonly PaletteEntry[], typed: string, most: number): PaletteEntry[] {
  const wanted = typed.trim().toLowerCase()
  if (wanted === '') return entries.slice(0, most)
  const ranks: PaletteEntry[][] = [[], [], []]
  for (const entry of entries) {
    const text = entry.text.toLowerCase()
    const at = text.indexOf(wanted)
    if (at === -1) continue
    const isWord = /[\s\-_./:]/.test(text[at - 1] ?? ' ')
    ranks[at === 0 ? 0 : isWord ? 1 : 2]?.push(entry)
  }
  return ranks.flat().slice(0, most)
}
