import type { Constraint } from './constraint.ts'

/** As in ASP.NET Core's RoutePrecedence. */
export const MAX_SEGMENTS = 28

export interface TemplateLiteral {
  kind: 'literal'
  text: string
  folded: string
}

export interface TemplateParameter {
  kind: 'parameter'
  name: string
  isOptional: boolean
  isCatchAll: boolean
  /** Its value when the segment is not there. */
  fallback: string | null
  constraints: readonly Constraint[]
}

export type TemplatePart = TemplateLiteral | TemplateParameter

export interface TemplateSegment {
  /** Where it begins in the text. */
  at: number
  /** At least one. */
  parts: readonly TemplatePart[]
}

/** A path pattern, read. */
export interface PathTemplate {
  text: string
  caseSensitive: boolean
  segments: readonly TemplateSegment[]
}

export interface TemplateProblem {
  /** Characters before it. */
  at: number
  /** What is wrong, and how to mend it. */
  message: string
}

/** Every parameter of a pattern. */
export function parametersOf({ segments }: PathTemplate): TemplateParameter[] {
  return segments.flatMap(({ parts }) => parts.filter((part) => part.kind === 'parameter'))
}
