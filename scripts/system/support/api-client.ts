/** An answer of the REST API. */
export interface ApiAnswer<T = any> {
  status: number
  body: T
  etag: string | null
}

export interface ApiClient {
  request<T = any>(method: string, path: string, body?: unknown, headers?: Record<string, string>, timeoutMs?: number): Promise<ApiAnswer<T>>
  /** Like request, but an error status throws. */
  must<T = any>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  /** Validates the draft and publishes exactly what was validated. */
  publish(note?: string): Promise<ApiAnswer>
  /** Reads, then patches with the version just read. */
  patch<T = any>(path: string, change: unknown): Promise<T>
}

/** A client of /api/v1 that sends an API token. */
export function createApiClient(baseUrl: string, token: string): ApiClient {
  async function request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, timeoutMs = 30_000): Promise<ApiAnswer> {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs)
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text), etag: response.headers.get('etag') }
  }
  async function must(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    const answer = await request(method, path, body, headers)
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  return {
    request,
    must,
    async publish(note = 'test') {
      const { draftHash, live } = await must('POST', '/config/validate', {})
      return request('POST', '/config/publish', { expectedRevision: live?.revision ?? 0, expectedDraftHash: draftHash, note })
    },
    async patch(path, change) {
      const { etag } = await request('GET', path)
      return must('PATCH', path, change, { 'if-match': etag ?? '' })
    }
  }
}
