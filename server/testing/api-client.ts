/** An answer of the API; `body` is parsed JSON, null when there is none. */
export interface ApiAnswer {
  status: number
  body: any
  headers: Headers
}

export type ApiCall = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<ApiAnswer>

/** Calls paths below `origin` with fixed headers and lets `check` look at every answer. A body that is a string is sent as it is. */
export function createApiClient(origin: string, fixed: Record<string, string>, check: (method: string, path: string, answer: ApiAnswer) => void = () => {}): ApiCall {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(origin + path, {
      method,
      headers: { ...fixed, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000)
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    const answer = { status: response.status, body: isJson ? JSON.parse(text) : text === '' ? null : text, headers: response.headers }
    check(method, path, answer)
    return answer
  }
}
