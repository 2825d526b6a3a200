import { axios } from 'acme-client'
import { retryAfterSeconds } from './retry-after.ts'

/** What a certificate authority said last (RFC 8555 section 6.7). */
export interface AcmeProblem {
  status: number
  type: string
  retryAfterSeconds: number
}

/** No use in asking again by itself. */
const PERMANENT: ReadonlySet<string> = new Set(['rejectedIdentifier', 'unsupportedIdentifier', 'unsupportedContact', 'invalidContact', 'externalAccountRequired', 'userActionRequired', 'caa'])

let last: AcmeProblem | null = null

/** What the library's own interceptor for requests leaves with each of them. */
interface Answered {
  status: number
  data: unknown
  headers: Record<string, unknown>
  config: { retryValidateStatus?: ((status: number) => boolean) | null }
}

/** An authority that accepts a connection and says nothing must not hold up the other names. */
axios.defaults.timeout = 30_000

// The library waits inside of a request for as long as Retry-After says, and knows no words for an authority that cannot be
// reached. Our own schedule waits.
axios.interceptors.response.clear()
axios.interceptors.response.use(null, (error: { code?: string; message: string; response?: Answered }) => {
  const { response } = error
  if (response === undefined) throw new Error(`the certificate authority cannot be reached: ${error.code ?? error.message}`)
  const { type } = (response.data ?? {}) as { type?: unknown }
  if (response.status >= 400) last = { status: response.status, type: typeof type === 'string' ? type.split(':').at(-1)! : '', retryAfterSeconds: retryAfterSeconds(response.headers['retry-after'], Date.now()) }
  const isWanted = response.config.retryValidateStatus
  if (isWanted && !isWanted(response.status)) throw new Error(`the certificate authority answered ${response.status}`)
  return response
})

/** One order at a time: what was said last belongs to it. */
export function takeProblem(): AcmeProblem | null {
  const problem = last
  last = null
  return problem
}

export function isPermanent(problem: AcmeProblem | null): boolean {
  return problem !== null && PERMANENT.has(problem.type)
}
