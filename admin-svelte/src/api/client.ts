import { ApiError, type ErrorDetail } from './api-error.ts'

const ROOT = '/api/v1'

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
}

export type Send = <T>(method: string, path: string, options?: SendOptions) => Promise<T>

/**
 * Sends requests to the REST API of this origin. An expired session is renewed and the request sent again, so callers
 * never see it. Throws ApiError for everything that is not a success. `reachable` hears whether an answer came.
 */
export function createClient(credentials: Credentials, reachable: (yes: boolean) => void): Send {
  return async function send<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    for (;;) {
      const response = await answerOf(method, path, options, credentials, reachable)
      if (response.status === 401 && options.keepUnauthenticated !== true) {
        await credentials.renew()
        continue
      }
      if (!response.ok) throw await errorOf(response)
      if (response.status === 204) return undefined as T
      return (await response.json()) as T
    }
  }
}

async function answerOf(method: string, path: string, options: SendOptions, credentials: Credentials, reachable: (yes: boolean) => void): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  const csrfToken = credentials.csrfToken()
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`
  try {
    const response = await fetch(ROOT + path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null
    })
    reachable(true)
    return response
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    reachable(false)
    throw new ApiError(0, { code: 'unreachable', message: 'The control plane did not answer.' })
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const fallback: ErrorDetail = { code: 'unexpected_answer', message: `The control plane answered ${response.status}.` }
  try {
    const body = (await response.json()) as { error?: ErrorDetail }
    return new ApiError(response.status, body.error ?? fallback)
  } catch {
    return new ApiError(response.status, fallback)
  }
}
