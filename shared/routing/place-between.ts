/**
 * Gives the items, which are sorted, increasing ranks between two others that are taken (infinite: open on that
 * side). Ranks they have are kept where they fit.
 * @returns false when there are not enough numbers in between
 */
export function placeBetween(items: readonly { rank: number }[], low: number, high: number): boolean {
  if (isIncreasing(items, low, high)) return true
  const isOpen = low === -Infinity || high === Infinity
  const step = isOpen ? 1 : (high - low) / (items.length + SPARE)
  const start = low !== -Infinity ? low : high !== Infinity ? high - items.length - 1 : -1
  for (const [index, item] of items.entries()) item.rank = start + step * (index + 1)
  return isIncreasing(items, low, high)
}

/** Room is left behind the items: ids count up, so among equals the next one mostly comes after the last. */
const SPARE = 15

function isIncreasing(items: readonly { rank: number }[], low: number, high: number): boolean {
  let last = low
  for (const { rank } of items) {
    // Written so that NaN, no rank, is refused.
    if (!(rank > last)) return false
    last = rank
  }
  return last < high || high === Infinity
}
