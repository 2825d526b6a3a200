/** A target id that none of the targets has: the smallest free number from 1. */
export function nextTargetId(targets: readonly { id?: string }[]): string {
  const taken = new Set(targets.map((target) => target.id))
  let next = 1
  while (taken.has(String(next))) next += 1
  return String(next)
}
