import type { Cors } from '../schema/cors.ts'
import { fieldValue, withoutField } from '../transforms/header-lines.ts'

/** A CORS policy, ready to be asked. Field lines end with CR LF. */
export interface CompiledCors {
  readonly isAllowed: (origin: string) => boolean
  /** What a preflight of an allowed origin is told, without the origin. */
  readonly preflightLines: string
  /** What every answer to an allowed origin tells, without the origin. */
  readonly answerLines: string
  /** Every origin gets the same answer. */
  readonly isForAll: boolean
  readonly methods: ReadonlySet<string>
  /** In lower case. */
  readonly headers: ReadonlySet<string>
}

/** Of the origin's own: the policy speaks alone. */
const OURS = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age']

export function compileCors({ origins, methods, headers, exposed, credentials, maxAgeSeconds }: Cors): CompiledCors {
  const credentialLine = credentials ? 'Access-Control-Allow-Credentials: true\r\n' : ''
  return {
    isAllowed: compileOrigins(origins),
    isForAll: origins.includes('*'),
    preflightLines: `Access-Control-Allow-Methods: ${methods.join(', ')}\r\n${headers.length === 0 ? '' : `Access-Control-Allow-Headers: ${headers.join(', ')}\r\n`}Access-Control-Max-Age: ${maxAgeSeconds}\r\n${credentialLine}`,
    answerLines: `${exposed.length === 0 ? '' : `Access-Control-Expose-Headers: ${exposed.join(', ')}\r\n`}${credentialLine}`,
    methods: new Set(methods),
    headers: new Set(headers.map((name) => name.toLowerCase()))
  }
}

function compileOrigins(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true
  const exact = new Set(origins.filter((origin) => !origin.includes('*')).map(withoutDefaultPort))
  const wildcards = origins.filter((origin) => origin.includes('*')).map((origin) => {
    const [scheme = '', host = ''] = withoutDefaultPort(origin).split('*')
    return { scheme, host }
  })
  return (origin) => exact.has(origin) || wildcards.some(({ scheme, host }) => origin.startsWith(scheme) && origin.endsWith(host) && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(origin.slice(scheme.length, origin.length - host.length)))
}

/** As browsers write it (RFC 6454 section 6.2). */
function withoutDefaultPort(origin: string): string {
  return origin.replace(/^(http:\/\/.*):80$/, '$1').replace(/^(https:\/\/.*):443$/, '$1')
}

/** A CORS-preflight request (Fetch standard section 3.2.2): what it wants to do; null when it is none. */
export function preflightOf(method: string, fields: string): { origin: string; method: string; headers: string[] } | null {
  if (method !== 'OPTIONS') return null
  const origin = fieldValue(fields, 'origin')
  const wanted = fieldValue(fields, 'access-control-request-method')
  if (origin === null || wanted === null) return null
  const headers = fieldValue(fields, 'access-control-request-headers') ?? ''
  return { origin, method: wanted, headers: headers.split(',').map((name) => name.trim().toLowerCase()).filter(Boolean) }
}

/** The methods that are allowed without being named (Fetch standard section 4.8). */
const SIMPLE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** Why the browser will not send what the preflight is for; null when it will. */
export function preflightRefusal(cors: CompiledCors, { origin, method, headers }: NonNullable<ReturnType<typeof preflightOf>>): string | null {
  if (!cors.isAllowed(origin)) return 'origin_not_allowed'
  if (!cors.methods.has('*') && !cors.methods.has(method) && !SIMPLE_METHODS.has(method)) return 'method_not_allowed'
  const isNamed = (name: string): boolean => cors.headers.has(name) || (cors.headers.has('*') && name !== 'authorization')
  return headers.every(isNamed) ? null : 'header_not_allowed'
}

/** Field lines of the answer to a preflight. */
export function preflightFields(cors: CompiledCors, origin: string): string {
  const vary = 'Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n'
  return cors.isAllowed(origin) ? `${originLine(cors, origin)}${cors.preflightLines}${vary}` : vary
}

/** The field lines of an answer with what the policy says about pages of the request's origin, and nothing of what others said. */
export function withCors(cors: CompiledCors, fields: string, requestFields: string): string {
  let kept = fields
  if (/^access-control-/im.test(kept)) for (const name of OURS) kept = withoutField(kept, name)
  const origin = fieldValue(requestFields, 'origin')
  if (cors.isForAll) return `${kept}${originLine(cors, '*')}${cors.answerLines}`
  const own = origin !== null && cors.isAllowed(origin) ? `${originLine(cors, origin)}${cors.answerLines}` : ''
  return `${kept}${own}Vary: Origin\r\n`
}

/** Credentials never go together with "*", which decoding has made sure of. */
function originLine({ isForAll }: CompiledCors, origin: string): string {
  return `Access-Control-Allow-Origin: ${isForAll ? '*' : origin}\r\n`
}
