import { asciiHost } from '../routing/host-pattern.ts'

/** Parameters of Punycode (RFC 3492 section 5). */
const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const INITIAL_BIAS = 72
const INITIAL_N = 128

/** A host criterion with Unicode in place of every `xn--` label, as YARP wants it; null where there is no such text. */
export function unicodeHost(pattern: string): string | null {
  if (!pattern.includes('xn--')) return pattern
  const [, star = '', name = '', port = ''] = /^(\*\.)?([^:]*)(:.*)?$/.exec(pattern) ?? []
  const labels = name.split('.').map((label) => (label.startsWith('xn--') ? decodeLabel(label.slice(4)) : label))
  const unicode = labels.join('.')
  return labels.includes(null) || asciiHost(unicode) !== name || unicode.includes('xn--') ? null : star + unicode + port
}

/** RFC 3492 section 6.2. */
function decodeLabel(text: string): string | null {
  const dash = text.lastIndexOf('-')
  const output = dash > 0 ? Array.from(text.slice(0, dash), (character) => character.codePointAt(0)!) : []
  let [n, i, bias, at] = [INITIAL_N, 0, INITIAL_BIAS, dash > 0 ? dash + 1 : 0]
  while (at < text.length) {
    const before = i
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = parseInt(text[at++] ?? '', BASE)
      if (Number.isNaN(digit)) return null
      const value = (digit + 26) % BASE
      i += value * weight
      if (i > 0x7fffffff) return null
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias))
      if (value < threshold) break
      weight *= BASE - threshold
    }
    bias = adapt(i - before, output.length + 1, before === 0)
    n += Math.floor(i / (output.length + 1))
    i %= output.length + 1
    if (n > 0x10ffff) return null
    output.splice(i++, 0, n)
  }
  return String.fromCodePoint(...output)
}

/** RFC 3492 section 6.1. */
function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2))
  rest += Math.floor(rest / length)
  let k = 0
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}
