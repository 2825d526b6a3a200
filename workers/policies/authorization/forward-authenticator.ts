import http from 'node:http'
import https from 'node:https'
import { mayBeCopied } from '../../../shared/policies/copied-header.ts'
import type { ForwardAuthorization } from '../../../shared/schema/authorization.ts'
import { fieldValue, onlyFields } from '../../../shared/transforms/header-lines.ts'
import type { WrittenAnswer } from '../../proxy/gateway-answer.ts'
import { FAILURES } from '../../proxy/failure.ts'
import { type Outcome, refused } from '../outcome.ts'
import type { Authenticator, AuthorizedRequest, CredentialFields } from './authenticator.ts'

/** Of an answer that goes to the client. */
const MOST_BODY_BYTES = 65_536
const MOST_IDLE = 32
/** Also of connections of a policy that is no longer there. */
const IDLE_MS = 30_000
/** What of an answer the client gets; the gateway writes the rest itself. */
const PASSED_ON: ReadonlySet<string> = new Set(['location', 'www-authenticate', 'set-cookie', 'content-type', 'content-language', 'cache-control', 'retry-after', 'link'])

/** Asks another service, and fails closed: whatever is no clear answer is 503. Redirects are the client's to follow. */
export class ForwardAuthenticator implements Authenticator {
  readonly #terms: ForwardAuthorization
  readonly #shown: ReadonlySet<string>
  readonly #copied: ReadonlySet<string>
  readonly #agent: http.Agent
  readonly #request: typeof http.request
  #open = 0

  constructor(terms: ForwardAuthorization) {
    this.#terms = terms
    this.#shown = new Set(terms.requestHeaders.map((name) => name.toLowerCase()))
    // Such a configuration is refused; if one came all the same, it must not write a second framing.
    this.#copied = new Set(terms.copyHeaders.filter(mayBeCopied).map((name) => name.toLowerCase()))
    const isSecure = terms.url.startsWith('https:')
    this.#agent = new (isSecure ? https.Agent : http.Agent)({ keepAlive: true, maxSockets: terms.maxConcurrent, maxFreeSockets: MOST_IDLE, timeout: IDLE_MS })
    this.#request = isSecure ? https.request : http.request
  }

  check(request: AuthorizedRequest): Outcome | Promise<Outcome> {
    if (this.#open >= this.#terms.maxConcurrent) return refused(FAILURES.authorizationUnavailable, 'busy')
    this.#open++
    return this.#ask(headersOf(request, this.#shown)).catch(() => refused(FAILURES.authorizationUnavailable, 'no_answer')).finally(() => {
      this.#open--
    })
  }

  /** What a client sends under the names that the service's answer is copied to is forged. */
  strip(head: CredentialFields): void {
    for (const name of this.#copied) head.takeOut(name)
  }

  #ask(headers: http.OutgoingHttpHeaders): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    try {
      const asked = this.#request(this.#terms.url, { agent: this.#agent, headers, insecureHTTPParser: false, signal: AbortSignal.timeout(this.#terms.timeoutMs) })
      asked.on('error', reject)
      asked.on('upgrade', (_answer, socket) => {
        socket.destroy()
        reject(new Error('an upgrade that nobody asked for'))
      })
      asked.on('response', (answer) => this.#read(answer).then(resolve, reject))
      asked.end()
    } catch (error) {
      reject(error)
    }
    return promise
  }

  async #read(answer: http.IncomingMessage): Promise<Outcome> {
    const status = answer.statusCode ?? 0
    const lines = linesOf(answer.rawHeaders)
    if (status >= 200 && status < 300) {
      drain(answer)
      return { kind: 'granted', user: '', fields: onlyFields(lines, this.#copied) }
    }
    if (status < 300 || status >= 500) {
      answer.destroy()
      return refused(FAILURES.authorizationUnavailable, 'bad_answer')
    }
    const body = await bodyOf(answer)
    const passed: WrittenAnswer = { status, reason: answer.statusMessage ?? '', fields: onlyFields(lines, PASSED_ON), framing: `Content-Length: ${body.length}\r\n`, body }
    return refused(status === 401 ? FAILURES.unauthorized : FAILURES.forbidden, 'not_granted', '', passed)
  }
}

function headersOf({ fields, method, authority, scheme, path, query, clientIp }: AuthorizedRequest, shown: ReadonlySet<string>): http.OutgoingHttpHeaders {
  const headers: http.OutgoingHttpHeaders = {}
  for (const name of shown) {
    const value = fieldValue(fields, name)
    if (value !== null) headers[name] = value
  }
  return { ...headers, 'x-forwarded-method': method, 'x-forwarded-proto': scheme, 'x-forwarded-host': authority, 'x-forwarded-uri': path + query, 'x-forwarded-for': clientIp }
}

function linesOf(raw: readonly string[]): string {
  let lines = ''
  for (let index = 0; index < raw.length; index += 2) lines += `${raw[index]}: ${raw[index + 1]}\r\n`
  return lines
}

/** Reads over a small body, so that the connection can be used again. */
function drain(answer: http.IncomingMessage): void {
  let bytes = 0
  answer.on('error', () => {})
  answer.on('data', (data: Buffer) => {
    bytes += data.length
    if (bytes > MOST_BODY_BYTES) answer.destroy()
  })
}

async function bodyOf(answer: http.IncomingMessage): Promise<string> {
  let body = ''
  for await (const data of answer as AsyncIterable<Buffer>) {
    body += data.toString('latin1')
    if (body.length > MOST_BODY_BYTES) throw new Error('the answer is too large')
  }
  return body
}
