import { type BindingKey, type ForwardedRequest, type ForwardingContext, originHead } from '../forwarding/origin-head.ts'
import type { ExplainedStep } from '../schema/explain.ts'
import type { Route } from '../schema/route.ts'
import { compileTransforms } from '../transforms/compile-transforms.ts'
import { routeValueNames } from '../transforms/route-value-names.ts'

export interface ForwardingToExplain {
  readonly route: Route
  readonly request: ForwardedRequest
  readonly normalizedPath: string
  readonly hostHeader: string
  readonly context: ForwardingContext
  readonly key: BindingKey
}

/** The head that the origin gets, and how it came to be: the transforms are applied one more each time, by what the data nodes use. */
export function explainSteps(given: ForwardingToExplain): { steps: ExplainedStep[]; forwarded: string; responseTransforms: Route['transforms'] } {
  const { route, request } = given
  const came = `${request.method} ${request.rawPath}${request.query} HTTP/1.1\r\nHost: ${request.authority}\r\n${request.fields}${request.forwarding}`
  let head = headWith(given, 0)
  const steps: ExplainedStep[] = [{ transform: null, changes: changesBetween(came, head) }]
  const responseTransforms: Route['transforms'] = []
  for (const [index, transform] of route.transforms.entries()) {
    const next = headWith(given, index + 1)
    if (isForResponse(transform)) responseTransforms.push(transform)
    else steps.push({ transform, changes: changesBetween(head, next) })
    head = next
  }
  return { steps, forwarded: head, responseTransforms }
}

function headWith({ route, request, normalizedPath, hostHeader, context, key }: ForwardingToExplain, count: number): string {
  const transforms = count === 0 ? null : compileTransforms(route.transforms.slice(0, count), routeValueNames(route.match.path)).compiled
  return originHead({ transforms, forwardsRawPath: route.forwardPath === 'raw' }, request, normalizedPath, hostHeader, context, key)
}

function isForResponse(transform: Route['transforms'][number]): boolean {
  return Object.keys(transform).some((key) => key.toLowerCase().startsWith('response'))
}

/** The lines that went and those that came, in their order. */
function changesBetween(before: string, after: string): string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  return [...without(old, fresh).map((line) => `- ${line}`), ...without(fresh, old).map((line) => `+ ${line}`)]
}

function linesOf(head: string): string[] {
  return head.split('\r\n').filter((line) => line !== '')
}

/** Lines that stand in the other list as often are left out. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}
