/** A triplet that is decoded once may be one that is decoded twice. */
const MOST_ROUNDS = 3

/**
 * The path as the most forgiving origin would read it: triplets decoded, what stands behind ";" in a segment left out, empty
 * segments merged, dot segments removed, also those above the root. Guarded routes are looked for under this one too. `path`
 * is normalized; where nothing is to be forgiven it is returned as it is.
 */
export function looseReading(path: string): string {
  if (!/[%;\\]|\/\//.test(path)) return path
  let loose = path
  for (let round = 0; round < MOST_ROUNDS && loose.includes('%'); round++) loose = loose.replace(/%([0-9A-Fa-f]{2})/g, (_triplet, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  const kept: string[] = []
  const segments = loose.replaceAll('\\', '/').replace(/;[^/]*/g, '').split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && segments.at(-1) === '' ? '/' : ''}`
}
