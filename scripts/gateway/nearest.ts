/** The one of `names` that is fewest edits away from `given` (Levenshtein), or null where none is near. */
export function nearest(given: string, names: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(given.length / 3)) + 1
  for (const name of names) {
    const edits = editsBetween(given, name)
    if (edits < least) [best, least] = [name, edits]
  }
  return best
}

function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [index, character] of [...left].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= right.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === right[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
