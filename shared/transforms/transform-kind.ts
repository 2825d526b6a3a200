import type { RequestStep, ResponseStep } from './drafts.ts'
import type { ForwardingFields } from './forwarding-fields.ts'
import type { ValueTemplate } from './value-template.ts'

/** The parts of a transform, by the names that its kind declares; letter case of the keys was ignored. */
export interface TransformInput {
  /** The text of a part; '' when it is left out. */
  text(name: string): string
  has(name: string): boolean
  /** The part as one of these words, letter case ignored; the first when it is left out. */
  word<const T extends string>(name: string, words: readonly T[]): T
  /** The part as a value that may hold placeholders. */
  template(name: string): ValueTemplate
  /** A part that names a header field. */
  fieldName(name: string): string
  /** Route values that the route's path pattern has, in lower case. */
  readonly routeValues: ReadonlySet<string>
  /** Says what is wrong with a part; the transform is then refused. */
  problem(name: string, message: string): void
}

/** What a transform adds to its route. */
export interface TransformTarget {
  /** `field`: the one field that the step writes or takes out, if that is all it does. */
  request(step: RequestStep, field?: string): void
  response(step: ResponseStep): void
  trailers(step: ResponseStep): void
  /** What the route says about X-Forwarded-* and Forwarded; without a word it is YARP's default. */
  readonly forwarding: ForwardingFields
  /** Switches that stand for the whole route, wherever the transform is in the list. */
  readonly options: TransformOptions
}

export interface TransformOptions {
  copyRequestHeaders: boolean
  copyResponseHeaders: boolean
  copyResponseTrailers: boolean
  /** Lower-case names; null: no list. */
  allowedRequestHeaders: Set<string> | null
  allowedResponseHeaders: Set<string> | null
  allowedResponseTrailers: Set<string> | null
  /** Lower-case names of the headers that the route sets or takes away, whatever the client sent. */
  readonly ownRequestHeaders: Set<string>
  originalHost: boolean
}

/** One kind of transform: its keys as YARP writes them, of which the first names it. */
export interface TransformKind {
  readonly name: string
  /** The other parts; the value tells whether they must be there. */
  readonly parts: Readonly<Record<string, 'required' | 'optional'>>
  /** Of these parts exactly one must be there. */
  readonly oneOf?: readonly string[]
  /** Compiles one transform. */
  add(input: TransformInput, target: TransformTarget): void
}
