import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HeaderRule } from '../../schema/match.ts'
import { type SeededRandom, seededRandom } from '../../testing/seeded-random.ts'
import { compileHeaderRule, headerRuleHolds } from './header-rule.ts'

type Mode = HeaderRule['mode']
const MODES: readonly Mode[] = ['ExactHeader', 'HeaderPrefix', 'Contains', 'NotContains', 'Exists', 'NotExists']
const ruleOf = (mode: Mode, values: string[], more: Partial<HeaderRule> = {}): HeaderRule => ({ name: 'X-A', mode, values: mode.endsWith('Exists') ? [] : values, isCaseSensitive: false, ...more })
const fieldsOf = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('')
const holds = (rule: HeaderRule, ...lines: string[]): boolean => headerRuleHolds(compileHeaderRule(rule), fieldsOf(...lines))

describe('parts of a header value', () => {
  const cases: [why: string, line: string, value: string, holds: boolean][] = [
    ['spaces before a part do not count', 'X-A: a,   b', 'b', true],
    ['spaces behind a part do', 'X-A: a , b', 'a', false],
    ['spaces behind a part are part of it', 'X-A: a , b', 'a ', true],
    ['quotes with spaces behind them stay', 'X-A: "a" , b', 'a', false],
    ['spaces inside quotes stay', 'X-A: " a "', ' a ', true],
    ['one pair of quotes is taken off, not two', 'X-A: ""a""', '"a"', true],
    ['a quote alone stays', 'X-A: a, "', '"', true],
    ['a quote that is not closed reaches to the end', 'X-A: a, "b, c', '"b, c', true],
    ['a quote that is not closed hides separators', 'X-A: a, "b, c', 'c', false],
    ['quotes in the middle protect a comma and stay', 'X-A: k="a,b", c', 'k="a,b"', true],
    ['empty parts are passed over', 'X-A: ,,a', 'a', true],
    ['white space around the whole value does not count', 'X-A:\t a \t', 'a', true],
    ['the byte A0 ends many characters of UTF-8 and is no white space', 'X-A: voil\u00c3\u00a0', 'voil\u00c3\u00a0', true],
    ['nor is it at the start', 'X-A: \u00a0a', 'a', false]
  ]
  for (const [why, line, value, expected] of cases) test(why, () => assert.equal(holds(ruleOf('ExactHeader', [value]), line), expected))
})

describe('which lines count', () => {
  test('a longer or shorter name is another header', () => {
    for (const line of ['X-AB: 1', 'X-: 1', 'XX-A: 1', 'Y: X-A: 1']) assert.equal(holds(ruleOf('Exists', []), line), false, line)
  })
  test('a value that looks like a line is a value', () => {
    assert.equal(holds(ruleOf('Exists', []), 'Y: 1 \\r\\nX-A: 1', 'Z: \nX-A: 2'), false)
  })
  test('a name with characters beside the letters', () => {
    assert.equal(holds(ruleOf('Exists', [], { name: 'X_A^1' }), 'x_a^1: 1'), true)
    assert.equal(holds(ruleOf('Exists', [], { name: 'X_A^1' }), 'x_a~1: 1'), false)
  })
  test('no header at all', () => {
    for (const mode of MODES) assert.equal(holds(ruleOf(mode, ['a'])), mode.startsWith('Not'), mode)
  })
})

test('letter case is ignored in all of latin1, and of Greek wherever a letter stands', () => {
  assert.equal(holds(ruleOf('Contains', ['\u00c9\u00d8']), 'X-A: caf\u00e9\u00f8'), true)
  assert.equal(holds(ruleOf('Contains', ['\u00c9'], { isCaseSensitive: true }), 'X-A: \u00e9'), false)
  assert.equal(holds(ruleOf('ExactHeader', ['\u00d7']), 'X-A: \u00f7'), false, 'the signs for times and divided by are no pair')
})

test('every rule holds exactly where taking the lines apart says so', () => {
  const pick = seededRandom(20)
  for (let round = 0; round < 30_000; round++) {
    const rule = randomRule(pick)
    const lines = Array.from({ length: pick.below(4) }, () => randomLine(pick))
    assert.equal(holds(rule, ...lines), plainAnswer(rule, lines), JSON.stringify({ round, rule, lines }))
  }
})

const PIECES = ['a', 'A', 'b', ',', ';', '"', ' ', '\t', '=', '\u00e9', '\u00c9', '\u00a0']

function textOf(pick: SeededRandom, most: number): string {
  return Array.from({ length: pick.below(most + 1) }, () => pick.one(PIECES)).join('')
}

function randomRule(pick: SeededRandom): HeaderRule {
  const values = Array.from({ length: 1 + pick.below(2) }, () => textOf(pick, 2) || 'a')
  return ruleOf(pick.one(MODES), values, { name: pick.one(['X-A', 'x-a', 'Cookie']), isCaseSensitive: pick.below(2) === 0 })
}

function randomLine(pick: SeededRandom): string {
  return `${pick.one(['X-A', 'x-a', 'X-AB', 'X', 'COOKIE', 'cookie'])}:${pick.one(['', ' ', '\t '])}${textOf(pick, 7)}`
}

/** Lines, values and parts as arrays; the words of the rules in the order of the table. */
function plainAnswer({ name, mode, values, isCaseSensitive }: HeaderRule, lines: readonly string[]): boolean {
  const fold = (text: string) => isCaseSensitive ? text : text.toLowerCase()
  const own = lines.map((line) => /^([^:]*):[ \t]*(.*?)[ \t]*$/s.exec(line)!).filter(([, given]) => given!.toLowerCase() === name.toLowerCase()).map(([, , value]) => value!)
  const isThere = own.length > 1 || own.some((value) => value !== '')
  const contains = own.some((value) => values.some((wanted) => fold(value).includes(fold(wanted))))
  const parts = own.flatMap((value) => plainParts(value, name.toLowerCase() === 'cookie' ? ';' : ','))
  switch (mode) {
    case 'Exists': return isThere
    case 'NotExists': return !isThere
    case 'Contains': return contains
    case 'NotContains': return !contains
    case 'ExactHeader': return parts.some((part) => values.some((wanted) => fold(part) === fold(wanted)))
    case 'HeaderPrefix': return parts.some((part) => values.some((wanted) => fold(part).startsWith(fold(wanted))))
  }
}

/** Every second piece between quotes is inside of them; the last is inside when a quote is left open. */
function plainParts(value: string, separator: string): string[] {
  const marked = value.split('"').map((piece, index) => index % 2 === 0 ? piece.replaceAll(separator, '\0') : piece).join('"')
  return marked.split('\0').map((part) => part.replace(/^ +/, '').replace(/^"(.*)"$/s, '$1'))
}
