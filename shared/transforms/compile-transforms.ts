import { nearestName } from '../snapshot/nearest-name.ts'
import type { RequestStep, ResponseStep } from './drafts.ts'
import { ForwardingFields } from './forwarding-fields.ts'
import { GATEWAY_OWNED } from './gateway-owned.ts'
import type { FieldNames } from './header-lines.ts'
import { readTransform } from './read-transform.ts'
import type { TransformKind, TransformOptions, TransformTarget } from './transform-kind.ts'
import { TRANSFORM_KINDS } from './transform-kinds.ts'
import { defaultForwarding } from './x-forwarded.ts'

/** The transforms of a route, ready to be applied to any number of requests. */
export interface CompiledTransforms {
  /** In the order of the configuration, then what the gateway says in forwarding fields. */
  readonly request: readonly RequestStep[]
  readonly response: readonly ResponseStep[]
  readonly trailers: readonly ResponseStep[]
  readonly options: Readonly<TransformOptions>
  /** Forwarding fields of the client that are copied as any other; null: none. */
  readonly passedForwarding: FieldNames | null
}

/** What is wrong with a transform of a list. */
export interface TransformProblem {
  /** Place in the list. */
  index: number
  /** The part, as it is written in the configuration; '' for the transform as a whole. */
  key: string
  message: string
}

/** A transform of a field that the gateway itself writes; it is not applied. */
export interface IdleTransform {
  /** Place in the list. */
  readonly index: number
  /** The part that names the field, as it is written in the configuration. */
  readonly key: string
  /** In lower case. */
  readonly field: string
}

/**
 * Compiles the transforms of a route (YARP TransformBuilder.cs). `routeValues` are the names in the route's path pattern, in
 * lower case. With problems, what is compiled must not be used.
 */
export function compileTransforms(transforms: readonly Readonly<Record<string, string>>[], routeValues: ReadonlySet<string>): { compiled: CompiledTransforms; problems: TransformProblem[]; idle: IdleTransform[] } {
  const problems: TransformProblem[] = []
  const steps: (IdleTransform & { step: RequestStep })[] = []
  const response: ResponseStep[] = []
  const trailers: ResponseStep[] = []
  const options: TransformOptions = {
    copyRequestHeaders: true, copyResponseHeaders: true, copyResponseTrailers: true,
    allowedRequestHeaders: null, allowedResponseHeaders: null, allowedResponseTrailers: null,
    ownRequestHeaders: new Set(), originalHost: false
  }
  const forwarding = new ForwardingFields()
  let at = { index: 0, key: '' }
  const target: TransformTarget = {
    request: (step, field = '') => void steps.push({ ...at, field: field.toLowerCase(), step }),
    response: (step) => void response.push(step),
    trailers: (step) => void trailers.push(step),
    forwarding,
    options
  }
  for (const [index, transform] of transforms.entries()) {
    const problem = (key: string, message: string): void => void problems.push({ index, key, message })
    const kind = kindOf(transform, problem)
    if (kind === null) continue
    at = { index, key: Object.keys(transform).find((key) => key.toLowerCase() === kind.name.toLowerCase())! }
    kind.add(readTransform(transform, kind, routeValues, problem), target)
  }
  const said = (forwarding.isEmpty ? defaultForwarding() : forwarding).compile()
  const isIdle = ({ field }: IdleTransform): boolean => GATEWAY_OWNED.has(field) || said.replaced.has(field)
  const request = [...steps.filter((one) => !isIdle(one)).map(({ step }) => step), ...said.steps]
  const idle = steps.filter(isIdle).map(({ index, key, field }) => ({ index, key, field }))
  return { compiled: { request, response, trailers, options, passedForwarding: said.passed }, problems, idle }
}

/** The kind that one of the keys names; the other keys must be its parts. */
function kindOf(transform: Readonly<Record<string, string>>, problem: (key: string, message: string) => void): TransformKind | null {
  const keys = Object.keys(transform)
  const twice = keys.find((key, index) => keys.findIndex((other) => other.toLowerCase() === key.toLowerCase()) < index)
  if (twice !== undefined) {
    problem(twice, `"${twice}" is there twice; letter case is ignored, so take one of them out`)
    return null
  }
  const named = keys.filter((key) => TRANSFORM_KINDS.has(key.toLowerCase()))
  if (named.length === 0) {
    const names = [...TRANSFORM_KINDS.values()].map((kind) => kind.name)
    const nearest = keys.map((key) => nearestName(key, names)).find((name) => name !== undefined)
    problem('', `${keys.length === 0 ? 'it is empty' : `"${keys.join('", "')}" names no transform`}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
    return null
  }
  // {"Forwarded": "for", ...} also has parts that other kinds are named by; the first kind all of whose keys fit is meant.
  const kinds = named.map((key) => TRANSFORM_KINDS.get(key.toLowerCase())!)
  const fitting = kinds.find((kind) => keys.every((key) => isPart(kind, key)))
  if (fitting !== undefined) return fitting
  const [kind] = kinds
  for (const key of keys) if (!isPart(kind!, key)) problem(key, `${kind!.name} has no part "${key}"; ${partsText(kind!)}`)
  return null
}

function isPart(kind: TransformKind, key: string): boolean {
  const lower = key.toLowerCase()
  return [kind.name, ...Object.keys(kind.parts), ...(kind.oneOf ?? [])].some((name) => name.toLowerCase() === lower)
}

function partsText(kind: TransformKind): string {
  const parts = [...(kind.oneOf ?? []), ...Object.keys(kind.parts)]
  return parts.length === 0 ? 'it has no other parts' : `there are ${parts.join(', ')}`
}
