import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createConstraint } from './constraint.ts'
import { matchTemplate } from './match-template.ts'
import { parseTemplate } from './parse-template.ts'
import type { PathTemplate } from './path-template.ts'
import { RouteValues } from './route-values.ts'
import { samplePath } from './sample-path.ts'
import { templatePrecedence } from './template-precedence.ts'

function read(text: string, caseSensitive = false): PathTemplate {
  const template = parseTemplate(text, caseSensitive)
  if ('message' in template) throw new Error(`${text}: ${template.message}`)
  return template
}

/** The values as an object, or null when the path does not fit. */
function match(text: string, path: string, caseSensitive = false): Record<string, string> | null {
  const template = read(text, caseSensitive)
  const values = new RouteValues()
  if (!matchTemplate(template, path, values)) return null
  const names = template.segments.flatMap(({ parts }) => parts.flatMap((part) => part.kind === 'parameter' ? [part.name] : []))
  return Object.fromEntries(names.flatMap((name) => values.get(name) === null ? [] : [[name, values.get(name)!]]))
}

test('values are known as they stand in the path, too', () => {
  const rows: [template: string, path: string, encoded: Record<string, string | null>][] = [
    ['/{p}', '/a%2Fb', { p: 'a%2Fb' }],
    ['/{p}', '/a%252Fb', { p: 'a%252Fb' }],
    ['/a/{**r}', '/a/%FF/%C3%BC//x%3Fy/', { r: '%FF/%C3%BC//x%3Fy/' }],
    ['/{p=x}', '/', { p: null }],
    ['/{a}-{b}', '/%C3%BC%2F%25-%F0%9F%98%80%FF%20', { a: '%C3%BC%2F%25', b: '%F0%9F%98%80%FF%20' }],
    ['/{a}-{b}', '/%F0%9F%98%80%E2%82%AC%2F-%252F', { a: '%F0%9F%98%80%E2%82%AC%2F', b: '%252F' }],
    ['/v{a}.{b?}', '/v%20', { a: '%20', b: null }],
    ['/%C3%BC{a}', '/%C3%BC%25', { a: null }],
    ['/ü{a}', '/%C3%BC%25', { a: '%25' }]
  ]
  for (const [text, path, encoded] of rows) {
    const values = new RouteValues()
    matchTemplate(read(text), path, values)
    assert.deepEqual(Object.fromEntries(Object.keys(encoded).map((name) => [name, values.getEncoded(name)])), encoded, `${text} ${path}`)
  }
})

describe('matchTemplate', () => {
  const rows: [template: string, path: string, values: Record<string, string> | null][] = [
    ['/', '/', {}],
    ['/', '/a', null],
    ['a/b', '/a/b', {}],
    ['~/a/b', '/A/B/', {}],
    ['/a/b', '/a', null],
    ['/a/b', '/a/b/c', null],
    ['/a/b', '/a//b', null],
    ['/{p}', '/x', { p: 'x' }],
    ['/{p}', '/', null],
    ['/{p}', '/x/', { p: 'x' }],
    ['/{p}/b', '//b', null],
    ['/a/{p?}', '/a//', null],
    ['/a', '/a//', null],
    ['/a/{p?}', '/a', {}],
    ['/a/{p?}', '/a/', {}],
    ['/a/{p?}', '/a/x', { p: 'x' }],
    ['/a/{p?}', '/a/x/y', null],
    ['/{c=Home}/{a=Index}/{id?}', '/', { c: 'Home', a: 'Index' }],
    ['/{c=Home}/{a=Index}/{id?}', '/x', { c: 'x', a: 'Index' }],
    ['/{c=Home}/{a=Index}/{id?}', '/x/y/7', { c: 'x', a: 'y', id: '7' }],
    ['/a/{*r}', '/a', {}],
    ['/a/{*r}', '/a/', {}],
    ['/a/{*r}', '/a/b/c', { r: 'b/c' }],
    ['/a/{**r}', '/a/b/c/', { r: 'b/c/' }],
    ['/a/{*r}', '/ab', null],
    ['/{*r=x/y}', '/', { r: 'x/y' }],
    ['/{**r}', '/a//b', { r: 'a//b' }],
    ['/{id:int}', '/12', { id: '12' }],
    ['/{id:int}', '/x', null],
    ['/{id:int?}', '/', {}],
    ['/{id:int?}', '/x', null],
    ['/{id:int:max(10)?}', '/10', { id: '10' }],
    ['/{id:int:max(10)?}', '/11', null],
    ['/{id:int=5}', '/', { id: '5' }],
    ['/{*r:int}', '/', null],
    ['/{*r:nonfile}', '/', {}],
    ['/{*r:nonfile}', '/a/b', { r: 'a/b' }],
    ['/{*r:nonfile}', '/a/b.txt', null],
    ['/{p:regex(^[a-z]{{2}}$)}', '/ab', { p: 'ab' }],
    ['/{p:regex(^[a-z]{{2}}$)}', '/abc', null],
    ['/{p:regex(^a:b=c$)}', '/a:b=c', { p: 'a:b=c' }],
    ['/{a}-{b}', '/x-y', { a: 'x', b: 'y' }],
    ['/{a}-{b}', '/x-y-z', { a: 'x-y', b: 'z' }],
    ['/{a}-{b}', '/-y', null],
    ['/{a}-{b}', '/x-', null],
    ['/v{n}', '/v12', { n: '12' }],
    ['/v{n}', '/V12', { n: '12' }],
    ['/v{n}', '/v', null],
    ['/{n}v', '/1V', { n: '1' }],
    ['/a{b}c{d}e', '/a1c2e', { b: '1', d: '2' }],
    ['/a{b}c{d}e', '/a1c2', null],
    ['/{name}.{ext?}', '/a.txt', { name: 'a', ext: 'txt' }],
    ['/{name}.{ext?}', '/a', { name: 'a' }],
    ['/{name}.{ext?}', '/a.b.c', { name: 'a.b', ext: 'c' }],
    ['/{name}.{ext?}', '/a.', null],
    ['/{{a}}', '/{a}', {}],
    ['/caf\u00e9', '/caf%C3%A9', {}],
    ['/{p}', '/caf%C3%A9', { p: 'caf\u00e9' }],
    ['/{p}', '/a%2Fb', { p: 'a%2Fb' }],
    ['/{p}', '/%C3%A9%2f%C3%A9', { p: '\u00e9%2f\u00e9' }],
    ['/{p}', '/%C3x', { p: '%C3x' }],
    ['/{p}', '/a%20b', { p: 'a b' }],
    ['/a%20b', '/a%2520b', {}],
    ['/{*r}', '/a%20b/c', { r: 'a b/c' }],
    ['/\u0130x-{p}', '/%C4%B0X-1', { p: '1' }]
  ]
  for (const [template, path, values] of rows) test(`${template} ${values === null ? 'does not take' : 'takes'} ${path}`, () => assert.deepEqual(match(template, path), values))

  test('with letter case', () => {
    assert.equal(match('/A/{x}-B', '/a/1-B', true), null)
    assert.deepEqual(match('/A/{x}-B', '/A/1-B', true), { x: '1' })
  })
})

describe('constraints', () => {
  const rows: Record<string, [takes: string[], refuses: string[]]> = {
    int: [['0', '-1', '+7', ' 7 ', '2147483647', '-2147483648', '007'], ['', '1.0', '1e3', '2147483648', 'x', '1 2', '0x1']],
    long: [['9223372036854775807', '-9223372036854775808'], ['9223372036854775808', '']],
    bool: [['true', 'FALSE', ' True '], ['1', 'yes', '']],
    datetime: [['2026-01-31', '2026-01-31T12:30:00', '2026-01-31 12:30:00.5Z', '2026-01-31T12:30+02:00', '1/31/2026', '12/1/2026 1:02 PM', 'Sat, 31 Jan 2026 00:00:00 GMT', '2024-02-29', '31 Jan 2026', '1/31/2026 13:02', '2026-01-31T12:30-14:00'], ['1/31/2026 13:02 PM', '1/31/2026 0:02 AM', '2026-01-31T12:30+14:01', '2026-01-31T24:00', 'Mon, 31 Jan 2026 00:00:00 GMT', 'Sun, 31 Feb 2026', '2026-02-30', '2026-13-01', '31/31/2026', 'soon', '2026', '2023-02-29']],
    decimal: [['1', '-1.5', '1,000.5', '.5', '5.', '1-', '+7', ' 7 ', '1,,0', '0.00000000000000000000000000000001', '79228162514264337593543950335', '-0079228162514264337593543950335'], ['', ',', ',5', '-1-', '1.5,0', '1e3', 'NaN', '.', '79228162514264337593543950336']],
    double: [['1', '-1.5e-3', '1E+300', 'NaN', '-Infinity', '1,000.5', '.5', ' 5. ', '1E+400', '+infinity'], ['', ',', ',5', '.', '1e', '1-', '\u221e', 'x', '1..2', 'e3']],
    float: [['1.5', 'nan'], ['1f']],
    guid: [['0123456789abcdef0123456789ABCDEF', '01234567-89ab-cdef-0123-456789abcdef', '{01234567-89ab-cdef-0123-456789abcdef}', '(01234567-89ab-cdef-0123-456789abcdef)', '{0x01234567,0x89ab,0xcdef,{0x01,0x23,0x45,0x67,0x89,0xab,0xcd,0xef}}'], ['{01234567-89ab-cdef-0123-456789abcdef)', '{0123456789abcdef0123456789abcdef}', '0123', '01234567-89ab-cdef-0123-456789abcdeg', '']],
    'minlength(2)': [['ab', 'abc'], ['a', '']],
    'maxlength(2)': [['ab', ''], ['abc']],
    'length(2)': [['ab'], ['a', 'abc']],
    'length(2,3)': [['ab', 'abc'], ['a', 'abcd']],
    'min(3)': [['3', '4'], ['2', 'x', '']],
    'max(3)': [['3', '-9'], ['4', 'x']],
    'range(3,5)': [['3', '5'], ['2', '6', 'x']],
    alpha: [['abcXYZ', ''], ['a1', '\u00e9']],
    'regex(^a+$)': [['a', 'AAA'], ['b', 'ab', '']],
    'regex(b)': [['abc'], ['ac']],
    required: [['x', ' '], ['']],
    file: [['a.txt', 'x/y.z', '.a'], ['a', 'a.', 'a.b/c', '..', '']],
    nonfile: [['a', 'a.b/c', ''], ['a.txt']]
  }
  for (const [text, [takes, refuses]] of Object.entries(rows)) {
    test(text, () => {
      const constraint = createConstraint(text)
      assert.ok('holds' in constraint, JSON.stringify(constraint))
      for (const value of takes) assert.equal(constraint.holds(value), true, `takes ${JSON.stringify(value)}`)
      for (const value of refuses) assert.equal(constraint.holds(value), false, `refuses ${JSON.stringify(value)}`)
      assert.equal(constraint.holds(null), text === 'nonfile', 'without a value')
    })
  }
})

test('a constraint takes time in proportion to the value, whatever it holds', () => {
  // In its square, each of these would take the test past its end.
  const length = 1_000_000
  for (const character of ['1', ',', '.', ' ', '-', 'e', ':', 'a']) {
    for (const text of ['int', 'long', 'bool', 'decimal', 'double', 'float', 'guid', 'datetime', 'min(3)', 'range(1,5)', 'file']) {
      const constraint = createConstraint(text)
      assert.ok('holds' in constraint)
      for (const value of [`${character.repeat(length)}x`, `1${character.repeat(length)}x`, ` -.${character.repeat(length)}x`]) {
        assert.equal(constraint.holds(value), text === 'file' && (value.startsWith(' -.') || character === '.'), `${text} of ${value.slice(0, 8)}`)
      }
    }
  }
})

describe('parseTemplate', () => {
  const rows: [text: string, at: number, message: RegExp][] = [
    ['//a', 1, /empty segment/],
    ['/a//b', 3, /empty segment/],
    ['/{a', 1, /"\{" without "\}"/],
    ['/a}', 2, /"\}" without "\{"/],
    ['/a?b', 2, /match\.query/],
    ['/{}', 1, /needs a name/],
    ['/{a/b}', 1, /no name/],
    ['/{a b}', 1, /no name/],
    ['/{a}{b}', 4, /need a text between/],
    ['/x{*a}', 1, /segment of its own/],
    ['/{*a}/b', 1, /must be the last segment/],
    ['/{a?}/b', 6, /must be optional, too/],
    ['/{a?}-{b}', 1, /must be the last part/],
    ['/{a}-{b?}', 1, /only "\." may stand before/],
    ['/{a=1}-{b}', 1, /default only as a segment/],
    ['/{a}/{A}', 5, /twice/],
    ['/{a=1?}', 1, /optional and has a default/],
    ['/{*a?}', 1, /takes nothing anyway/],
    ['/{a:}', 1, /"" is no constraint/],
    ['/{a:integer}', 1, /"integer" is no constraint; there are int/],
    ['/{a:constructor}', 1, /no constraint/],
    ['/{a:min}', 1, /takes 1 whole number/],
    ['/{a:min(x)}', 1, /takes 1 whole number/],
    ['/{a:range(1)}', 1, /takes 2 whole numbers/],
    ['/{a:range(5,1)}', 1, /must not be less/],
    ['~a', 0, /"~" must have "\/" behind it/],
    ['/{a:minlength(-1)}', 1, /a length is from 0/],
    ['/{a:length(-2,3)}', 1, /a length is from 0/],
    ['/{a:maxlength(2147483648)}', 1, /a length is from 0/],
    ['/{a:int(3)}', 1, /takes no arguments/],
    ['/{a:min(3}', 1, /"\(" without "\)"/],
    ['/{a:regex(()}', 1, /regex/],
    ['/{a:regex()}', 1, /takes an expression/],
    ['/{a:regex((?=x))}', 1, /RE2 syntax/],
    [`/${'a/'.repeat(29)}`, 57, /at most 28 segments/]
  ]
  for (const [text, at, message] of rows) {
    test(`refuses ${text.slice(0, 20)}`, () => {
      const problem = parseTemplate(text)
      assert.ok('message' in problem, 'it was taken')
      assert.match(problem.message, message)
      assert.equal(problem.at, at)
    })
  }
})

test('templatePrecedence: a digit a segment, the smaller wins', () => {
  const rows: Record<string, string> = { '/a/b': '11', '/a/{b}': '13', '/a/{b:int}': '12', '/a/{b?}': '13', '/a/x{b}': '12', '/{*r}': '5', '/{*r:int}': '4', '/': '' }
  for (const [text, digits] of Object.entries(rows)) assert.equal(templatePrecedence(read(text)), digits, text)
})

test('samplePath: a path that fits, or none', () => {
  for (const text of ['/', '/a/{b}', '/{id:int:min(500)}', '/{id:guid}/{when:datetime}', '/{x:length(7)}', '/{f:file}/{g:nonfile}', '/{a}-{b:int}', '/caf\u00e9/{*rest}', '/{x:bool}/{y:alpha:minlength(9)}']) {
    const sample = samplePath(read(text))
    assert.ok(sample !== null && match(text, sample) !== null, `${text}: ${sample}`)
  }
  for (const text of ['/..', '/a/./b', '/a\\\\b']) assert.equal(samplePath(read(text)), null, text)
  assert.equal(samplePath(read('/{x:regex(^very-special$)}')), null)
})
