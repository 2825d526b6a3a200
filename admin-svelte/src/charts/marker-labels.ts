export interface MarkerLabel {
  /** Where it begins, as far as `width` is measured. */
  x: number
  text: string
}

/** The words of markers, which stand from the left to the right: those that would print over each other become one, `12–14`. */
export function markerLabels(markers: readonly MarkerLabel[], width: (text: string) => number): MarkerLabel[] {
  const labels: (MarkerLabel & { first: string })[] = []
  for (const { x, text } of markers) {
    const before = labels.at(-1)
    if (before === undefined || before.x + width(`${before.text} `) <= x) labels.push({ x, text, first: text })
    else before.text = `${before.first}–${text}`
  }
  return labels.map(({ x, text }) => ({ x, text }))
}
