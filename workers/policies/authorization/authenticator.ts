import type { TokenIdentity } from '../../../shared/identity/token-identity.ts'
import type { Outcome } from '../outcome.ts'

/** What of a request decides who may come in. */
export interface AuthorizedRequest {
  /** Field lines, as the client sent them. */
  readonly fields: string
  readonly method: string
  /** With its "?", or empty. */
  readonly query: string
  /** Normalized. */
  readonly path: string
  readonly authority: string
  readonly scheme: 'http' | 'https'
  readonly clientIp: string
  /** What its token says. */
  readonly token: TokenIdentity
}

/** The parts of a request that credentials are taken out of. */
export interface CredentialFields {
  query: string
  /** Takes a field out of the head and keeps it out of the trailer section. `name` in lower case. */
  takeOut(name: string): void
}

/** One of the ways to find out who asks. */
export interface Authenticator {
  /** Reads what it needs of the request before it returns, so that the request may be another one when a promise resolves. Never rejects. */
  check(request: AuthorizedRequest): Outcome | Promise<Outcome>
  /** Takes out what is meant for the gateway alone. */
  strip(head: CredentialFields): void
}

/** Where secrets come from; another version means other secrets. */
export interface Secrets {
  readonly version: number
  secret(name: string): string | null
}
