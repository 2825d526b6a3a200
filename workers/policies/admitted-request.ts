import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { TokenIdentity } from '../../shared/identity/token-identity.ts'
import { withoutField } from '../../shared/transforms/header-lines.ts'
import { withoutParameter } from '../../shared/transforms/query-text.ts'
import { copiedText } from '../copied-text.ts'
import type { RequestBody } from '../http1/request-body.ts'
import type { AuthorizedRequest, CredentialFields } from './authorization/authenticator.ts'

/** Parts of an exchange that policies read, and may change. */
interface ExchangeParts {
  readonly head: RequestHead
  readonly body: Pick<RequestBody, 'dropTrailer'>
  readonly match: { readonly path: string }
  readonly record: { query: string }
  readonly context: { readonly clientIp: string; readonly scheme: 'http' | 'https'; user: string; readonly tenant: string; readonly tenantSource: 'token' | 'header' | ''; readonly token: TokenIdentity }
}

/** The request of an exchange as policies see it. Made once for each exchange. */
export class AdmittedRequest implements AuthorizedRequest, CredentialFields {
  readonly #exchange: ExchangeParts
  /** As they came, where somebody will look at them again. */
  keptFields = ''
  keptQuery = ''

  constructor(exchange: ExchangeParts) {
    this.#exchange = exchange
  }

  get fields(): string {
    return this.#exchange.head.fields
  }

  set fields(fields: string) {
    this.#exchange.head.fields = fields
  }

  get query(): string {
    return this.#exchange.head.query
  }

  set query(query: string) {
    this.#exchange.head.query = query
  }

  get method(): string {
    return this.#exchange.head.method
  }

  get authority(): string {
    return this.#exchange.head.authority
  }

  get isWebSocket(): boolean {
    return this.#exchange.head.isWebSocketUpgrade
  }

  get path(): string {
    return this.#exchange.match.path
  }

  get scheme(): 'http' | 'https' {
    return this.#exchange.context.scheme
  }

  get clientIp(): string {
    return this.#exchange.context.clientIp
  }

  get token(): TokenIdentity {
    return this.#exchange.context.token
  }

  get tenant(): string {
    return this.#exchange.context.tenant
  }

  get tenantSource(): 'token' | 'header' | '' {
    return this.#exchange.context.tenantSource
  }

  get user(): string {
    return this.#exchange.context.user
  }

  /** Before policies take credentials out. */
  keep(): void {
    this.keptFields = copiedText(this.fields)
    this.keptQuery = copiedText(this.query)
  }

  forget(): void {
    this.keptFields = this.keptQuery = ''
  }

  takeOut(name: string): void {
    this.fields = withoutField(this.fields, name)
    this.#exchange.body.dropTrailer(name)
  }

  /** Who a policy found out that it is; a verified token knows better. */
  nameUser(user: string): void {
    if (this.#exchange.context.user === '') this.#exchange.context.user = user
  }

  /** No log may show this parameter. */
  hideParameter(name: string): void {
    this.#exchange.record.query = withoutParameter(this.#exchange.record.query, name)
  }
}
