/** A request to the REST API with the administrator's token. */
export interface Api {
  /** Throws when the answer is an error, with the API's own message. */
  send<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  /** Like send; an error answer is returned. */
  ask<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
}

export interface ApiAnswer<T> {
  status: number
  body: T
}

interface ErrorBody { error?: { code?: string; message?: string; issues?: { path: string; message: string }[] } }

/** `token` may be any bearer token the API takes. */
export function createApi(baseUrl: string, token: string): Api {
  const ask = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> => {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...body === undefined ? {} : { 'content-type': 'application/json' }, ...headers },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
      signal: AbortSignal.timeout(30_000)
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  return {
    ask,
    send: async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const answer = await ask<T>(method, path, body, headers)
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${messageOf(answer.body as ErrorBody)}`)
      return answer.body
    }
  }
}

function messageOf(body: ErrorBody | null): string {
  const issues = body?.error?.issues?.map((issue) => `\n  ${issue.path} ${issue.message}`).join('') ?? ''
  return `${body?.error?.message ?? ''}${issues}`
}
