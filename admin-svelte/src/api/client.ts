import { ApiError, type ErrorDetail } from './api-error.ts'

const ROOT = '/api/v1'
/** How long an answer may take: of what reads, of what writes, and of what looks at a whole configuration. */
const READ_MS = 8_000
const WRITE_MS = 20_000
export const LONG_MS = 60_000
const AWAKE_MS = 250

/** What the client needs from the session, so that it knows neither cookies nor pages. */
export interface Credentials {
  csrfToken(): string | null
  /** Resolves when the person has signed in again; rejects when somebody else did. */
  renew(): Promise<void>
}

export interface SendOptions {
  body?: unknown
  /** The version that was read; sent as If-Match. */
  version?: number
  signal?: AbortSignal | undefined
  /** The session endpoints answer 401 themselves; nothing is renewed for them. */
  keepUnauthenticated?: boolean
  /** How long its answer may take, instead of what is usual. */
  patienceMs?: number
}

export type Send = <T>(method: string, path: string, options?: SendOptions) => Promise<T>

/**
 * Sends requests to the REST API of this origin. An expired session is renewed and the request sent again, so callers
 * never see it. Throws ApiError for everything that is not a success. `reachable` hears whether answers come; also when one
 * is late, before it is given up.
 */
export function createClient(credentials: Credentials, reachable: (yes: boolean) => void): Send {
  return async function send<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    for (;;) {
      const { status, body } = await answerOf(method, path, options, credentials, reachable)
      if (status === 401 && options.keepUnauthenticated !== true) {
        await credentials.renew()
        continue
      }
      if (status < 200 || status > 299 || (body === undefined && status !== 204)) throw errorOf(status, body)
      return body as T
    }
  }
}

interface Answer {
  status: number
  /** Undefined where there is none, or none that is JSON. */
  body: unknown
}

async function answerOf(method: string, path: string, options: SendOptions, credentials: Credentials, reachable: (yes: boolean) => void): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  const csrfToken = credentials.csrfToken()
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`
  const patience = options.patienceMs ?? (method === 'GET' ? READ_MS : WRITE_MS)
  const notLate = afterAwake(patience / 2, () => reachable(false))
  const bounds = [AbortSignal.timeout(patience), ...(options.signal ? [options.signal] : [])]
  try {
    const response = await fetch(ROOT + path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: AbortSignal.any(bounds)
    })
    notLate()
    reachable(true)
    return { status: response.status, body: parsed(await response.text()) }
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown
    reachable(false)
    // Of what was to be changed nobody knows whether it was.
    if (method !== 'GET' && thrown instanceof DOMException && thrown.name === 'TimeoutError') throw new ApiError(0, { code: 'no_answer', message: 'The control plane did not answer in time. It may still do what was asked: look before you ask again.' })
    throw new ApiError(0, { code: 'unreachable', message: 'The control plane did not answer.' })
  } finally {
    notLate()
  }
}

/** Calls after so long. Where the browser slept or was busy all the while, what came meanwhile is looked at first. @returns what ends it */
function afterAwake(ms: number, call: () => void): () => void {
  let timer = setTimeout(() => (timer = setTimeout(call, AWAKE_MS)), ms)
  return () => clearTimeout(timer)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorOf(status: number, body: unknown): ApiError {
  const { error } = (body ?? {}) as { error?: ErrorDetail }
  return new ApiError(status, error ?? { code: 'unexpected_answer', message: `The control plane answered ${status}.` })
}
