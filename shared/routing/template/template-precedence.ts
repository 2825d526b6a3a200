import type { PathTemplate, TemplateSegment } from './path-template.ts'

/**
 * One digit a segment from the left; of two patterns that fit, the smaller text wins (aspnetcore
 * RoutePrecedence.ComputeInbound): literal 1, several parts or constrained 2, parameter 3, constrained catch-all 4,
 * catch-all 5.
 */
export function templatePrecedence({ segments }: PathTemplate): string {
  return segments.map(digitOf).join('')
}

function digitOf({ parts }: TemplateSegment): string {
  const [first] = parts
  if (parts.length > 1 || first === undefined) return '2'
  if (first.kind === 'literal') return '1'
  const isConstrained = first.constraints.length > 0
  if (first.isCatchAll) return isConstrained ? '4' : '5'
  return isConstrained ? '2' : '3'
}
