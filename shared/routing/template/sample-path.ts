import { normalizePath } from '../normalize-path.ts'
import { matchTemplate } from './match-template.ts'
import type { PathTemplate, TemplateParameter } from './path-template.ts'

/** Values that between them satisfy most constraints. */
const CANDIDATES = ['sample', '1', 'a', 'true', '2026-01-31', '1.5', '00000000-0000-4000-8000-000000000001', 'sample.txt', 'A1', 'a-1', '1-1']

/** A path that fits the pattern, or null when none is found, as with most expressions. */
export function samplePath(template: PathTemplate): string | null {
  let path = ''
  for (const { parts } of template.segments) {
    path += '/'
    for (const part of parts) {
      const value = part.kind === 'literal' ? part.text : sampleValue(part)
      if (value === null) return null
      path += encodeURIComponent(value.toWellFormed())
    }
  }
  const sample = path === '' ? '/' : path
  // No request comes with a path such as /../a: it is made shorter, or refused, before any pattern sees it.
  return normalizePath(sample) === sample && matchTemplate(template, sample, null) ? sample : null
}

function sampleValue({ constraints }: TemplateParameter): string | null {
  const numbers = constraints.flatMap(({ text }) => text.match(/-?\d+/g) ?? [])
  const lengths = numbers.map(Number).filter((number) => number > 0 && number <= 256)
  const candidates = [...CANDIDATES, ...numbers, ...lengths.flatMap((length) => ['a'.repeat(length), '1'.repeat(length)])]
  return candidates.find((candidate) => constraints.every((constraint) => constraint.holds(candidate))) ?? null
}
