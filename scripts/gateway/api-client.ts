import type { Issue } from '../../shared/schema/issue.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

type Query = Readonly<Record<string, string | undefined>>

/** The REST API of the control plane with a person's or a program's token. Everything that is not a success throws Failure. */
export interface ApiClient {
  readonly url: string
  get<T>(path: string, query?: Query): Promise<T>
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  /** Every item of a list, page by page, at most `most`. */
  all<T>(path: string, query?: Query, most?: number): Promise<T[]>
  /** A path outside the API, such as /readyz, with its headers. Throws only where nothing answers. */
  probe(path: string): Promise<Response>
}

interface ErrorBody { error?: { code?: string; message?: string; requestId?: string; issues?: Issue[] } }
interface Page<T> { items: T[]; nextCursor: string | null }

/** How long an answer may take. */
const BOUNDS = {
  /** An import or a publish of many resources. */
  writeMs: 120_000,
  /** The longest of them is a page of a thousand routes. */
  readMs: 20_000,
  /** Whether it is there at all. */
  probeMs: 5_000
}
const PAGE = 1000

export function createApiClient(url: string, token: string | undefined, bounds: typeof BOUNDS = BOUNDS): ApiClient {
  const base = url.replace(/\/+$/, '')
  const unavailable = (error: unknown, withinMs: number): Failure =>
    new Failure(EXIT.unavailable, `the control plane at ${base} ${(error as Error).name === 'TimeoutError' ? `gave no answer within ${withinMs / 1000} s` : `cannot be reached (${reasonOf(error)})`}; is it running? Set GATEWAY_URL or --url to where it is`)
  const ask = async <T>(path: string, init: RequestInit, withinMs: number, read: (response: Response) => Promise<T>): Promise<T> => {
    try {
      return await read(await fetch(`${base}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(withinMs) }))
    } catch (error) {
      throw unavailable(error, withinMs)
    }
  }
  const send = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> => {
    if (token === undefined || token === '') throw new Failure(EXIT.notAllowed, 'GATEWAY_TOKEN is not set; set it to an API token (ADMIN_TOKEN, or one made in the admin page)')
    const { response, text } = await ask(`/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...body === undefined ? {} : { 'content-type': 'application/json' }, ...headers },
      ...body === undefined ? {} : { body: JSON.stringify(body) }
    }, method === 'GET' ? bounds.readMs : bounds.writeMs, async (response) => ({ response, text: await response.text() }))
    const answer = parsed(text)
    if (answer === undefined) throw new Failure(EXIT.unavailable, `${base} answered ${response.status} with something that is not of the control plane; is GATEWAY_URL right?`)
    if (!response.ok) throw failureOf(response.status, answer as ErrorBody | null)
    return answer as T
  }
  const get = <T>(path: string, query: Query = {}): Promise<T> => send<T>('GET', withQuery(path, query))
  return {
    url: base,
    get,
    send,
    async all<T>(path: string, query: Query = {}, most = Infinity) {
      const items: T[] = []
      let cursor: string | undefined
      do {
        const page: Page<T> = await get(path, { ...query, limit: String(Math.min(PAGE, most - items.length)), cursor })
        items.push(...page.items)
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined && items.length < most)
      return items
    },
    probe: (path) => ask(path, {}, bounds.probeMs, async (response) => response)
  }
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

/** undefined: not JSON. */
function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}

function failureOf(status: number, body: ErrorBody | null): Failure {
  const { code = '', message = `it answered ${status}`, requestId, issues } = body?.error ?? {}
  if (status === 401) return new Failure(EXIT.notAllowed, 'GATEWAY_TOKEN is not taken: it is wrong, expired or was revoked', { code })
  const exitCode = status === 403 ? EXIT.notAllowed : status === 429 || status === 503 ? EXIT.unavailable : status >= 500 ? EXIT.internal : EXIT.refused
  return new Failure(exitCode, `${message}${status >= 500 && requestId !== undefined ? ` (request ${requestId})` : ''}`, { code, ...issues === undefined ? {} : { issues } })
}

function reasonOf(error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
  return cause?.code ?? cause?.message ?? (error as Error).message
}
