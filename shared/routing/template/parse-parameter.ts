import { type Constraint, createConstraint } from './constraint.ts'
import { PARAMETER_NAME } from './parameter-name.ts'
import type { TemplateParameter, TemplateProblem } from './path-template.ts'

const NAME = new RegExp(`^${PARAMETER_NAME.source}$`)

/** Reads `{name:constraint(args):...=default?}`, of which the opening brace is at `from` (RouteParameterParser.cs). */
export function parseParameter(text: string, from: number): { part: TemplateParameter; end: number } | TemplateProblem {
  const close = closingBrace(text, from)
  if (close === -1) return { at: from, message: '"{" without "}"; write "{{" for a brace' }
  const written = text.slice(from + 1, close).replaceAll('{{', '{').replaceAll('}}', '}')
  const stars = /^\*{0,2}/.exec(written)![0].length
  const isOptional = written.endsWith('?')
  const inner = written.slice(stars, isOptional ? -1 : undefined)
  const name = /^[^:=]*/.exec(inner)![0]
  if (!NAME.test(name)) return { at: from, message: name === '' ? 'a parameter needs a name: {name}' : `"${name}" is no name of a parameter` }
  const rest = splitRest(inner.slice(name.length))
  if (rest === null) return { at: from, message: `{${written}} has a "(" without ")"` }
  if (isOptional && stars > 0) return { at: from, message: `{${written}} takes nothing anyway; leave the "?" out` }
  if (isOptional && rest.fallback !== null) return { at: from, message: `{${written}} is optional and has a default; leave one of them out` }
  const constraints: Constraint[] = []
  for (const constraint of rest.constraints) {
    const created = createConstraint(constraint)
    if ('message' in created) return { at: from, message: created.message }
    constraints.push(created)
  }
  return { part: { kind: 'parameter', name, isOptional, isCatchAll: stars > 0, fallback: rest.fallback, constraints }, end: close + 1 }
}

/** The brace that ends the parameter; doubled ones stand for themselves. */
function closingBrace(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const isDoubled = text[at] === text[at + 1]
    if (text[at] === '}' && !isDoubled) return at
    if (text[at] === '{' && !isDoubled) return -1
    if (text[at] === '{' || text[at] === '}') at++
  }
  return -1
}

/** `:a(x:y):b=default` taken apart; null when a parenthesis is not closed. */
function splitRest(rest: string): { constraints: string[]; fallback: string | null } | null {
  const constraints: string[] = []
  let at = 0
  while (rest[at] === ':') {
    const end = constraintEnd(rest, at + 1)
    if (end === -1) return null
    constraints.push(rest.slice(at + 1, end))
    at = end
  }
  return { constraints, fallback: rest[at] === '=' ? rest.slice(at + 1) : null }
}

/** A parenthesis closes where the constraint ends behind it, so that arguments may hold some themselves. */
function constraintEnd(rest: string, from: number): number {
  const next = /[:=(]/g
  next.lastIndex = from
  const found = next.exec(rest)
  if (found === null) return rest.length
  if (found[0] !== '(') return found.index
  const close = /\)(?=[:=]|$)/g
  close.lastIndex = found.index
  const closed = close.exec(rest)
  return closed === null ? -1 : closed.index + 1
}
