/** Consecutive ports, both ends included. */
export interface PortRange {
  from: number
  to: number
}

/** Most ports of one variable: each reserved port costs a file descriptor. */
const MAX_PORTS = 10_000

/** Reads "20000-20100,80". Returns the ranges sorted, or in words what is wrong with the text. */
export function parsePortRanges(text: string): PortRange[] | string {
  const ranges: PortRange[] = []
  for (const part of text.split(',').map((item) => item.trim()).filter((item) => item !== '')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    if (match === null) return `"${part.slice(0, 40)}" is neither a port nor a range such as 20000-20100`
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    if (from < 1 || to > 65_535) return `"${part}" has a port outside 1 to 65535`
    if (from > to) return `"${part}" ends before it begins`
    ranges.push({ from, to })
  }
  ranges.sort((a, b) => a.from - b.from)
  const twice = firstShared(ranges, ranges)
  if (twice !== null) return `port ${twice} is named twice`
  if (portsOf(ranges).length > MAX_PORTS) return `more than ${MAX_PORTS} ports`
  return ranges
}

/** The first port that is in both; a range is not compared with itself. */
export function firstShared(left: readonly PortRange[], right: readonly PortRange[]): number | null {
  for (const a of left) {
    for (const b of right) {
      if (a !== b && a.from <= b.to && b.from <= a.to) return Math.max(a.from, b.from)
    }
  }
  return null
}

/** Every port of the ranges, in order. */
export function portsOf(ranges: readonly PortRange[]): number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
}

/** The ranges as text, as a person writes them. */
export function portRangesText(ranges: readonly PortRange[]): string {
  return ranges.map(({ from, to }) => from === to ? String(from) : `${from}-${to}`).join(',')
}
