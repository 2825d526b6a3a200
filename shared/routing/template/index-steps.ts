import type { PathTemplate, TemplateSegment } from './path-template.ts'

/** A segment as an index over patterns sees it. */
export interface TemplateStep {
  kind: 'literal' | 'parameter' | 'catch-all'
  /** The literal in lower case, else empty. */
  text: string
  /** The path may end before this segment. */
  mayEndBefore: boolean
}

/** What leads to a pattern in an index: every path that fits it follows these steps. */
export function indexSteps({ segments }: PathTemplate): TemplateStep[] {
  const steps: TemplateStep[] = []
  let mayEndBefore = true
  for (const segment of segments.toReversed()) {
    const { kind, text, isDispensable } = stepOf(segment)
    mayEndBefore &&= isDispensable
    steps.push({ kind, text, mayEndBefore: mayEndBefore && kind !== 'catch-all' })
  }
  return steps.reverse()
}

function stepOf({ parts }: TemplateSegment): Pick<TemplateStep, 'kind' | 'text'> & { isDispensable: boolean } {
  const [first] = parts
  if (parts.length > 1 || first === undefined) return { kind: 'parameter', text: '', isDispensable: false }
  if (first.kind === 'literal') return { kind: 'literal', text: first.folded, isDispensable: false }
  if (first.isCatchAll) return { kind: 'catch-all', text: '', isDispensable: true }
  return { kind: 'parameter', text: '', isDispensable: first.isOptional || first.fallback !== null }
}
