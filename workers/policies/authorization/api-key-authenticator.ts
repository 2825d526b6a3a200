import { hash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyAuthorization } from '../../../shared/schema/authorization.ts'
import { fieldValue } from '../../../shared/transforms/header-lines.ts'
import { strictParameterValues, withoutParameter } from '../../../shared/transforms/query-text.ts'
import { FAILURES } from '../../proxy/failure.ts'
import { type Granted, type Outcome, refused } from '../outcome.ts'
import type { Authenticator, AuthorizedRequest, CredentialFields, Secrets } from './authenticator.ts'

const MOST_BYTES = 4_096

interface KnownKey {
  readonly digest: Buffer
  readonly granted: Granted
}

/**
 * Keys that are random, so that one SHA-256 keeps them: the map is asked by the digest of what came, which tells nothing of
 * a key by the time that it takes.
 */
export class ApiKeyAuthenticator implements Authenticator {
  readonly #terms: ApiKeyAuthorization
  readonly #header: string
  readonly #challenge: string
  readonly #secrets: Secrets
  #keys = new Map<string, KnownKey>()
  #version = -1
  #lacksSecret = false

  constructor(terms: ApiKeyAuthorization, realm: string, secrets: Secrets) {
    this.#terms = terms
    this.#header = (terms.header ?? '').toLowerCase()
    this.#challenge = `WWW-Authenticate: ApiKey realm="${realm}"\r\n`
    this.#secrets = secrets
  }

  check({ fields, query }: AuthorizedRequest): Outcome {
    if (this.#version !== this.#secrets.version) this.#read()
    const key = this.#keyIn(fields, query)
    if (key === null || key.length === 0) return refused(FAILURES.unauthorized, 'no_key', this.#challenge)
    if (key.length > MOST_BYTES) return refused(FAILURES.unauthorized, 'unknown_key', this.#challenge)
    const digest = hash('sha256', key, 'hex')
    const known = this.#keys.get(digest)
    if (known !== undefined && timingSafeEqual(known.digest, Buffer.from(digest, 'hex'))) return known.granted
    // The key may be the one that cannot be read: that is our fault, and no reason to let anybody in.
    if (this.#lacksSecret) return refused(FAILURES.authorizationUnavailable, 'secret_missing')
    return refused(FAILURES.unauthorized, 'unknown_key', this.#challenge)
  }

  strip(head: CredentialFields): void {
    const { query } = this.#terms
    if (query !== undefined) head.query = withoutParameter(head.query, query)
    else head.takeOut(this.#header)
  }

  /** The bytes of the key as the client means them: a head is text of its bytes, a parameter is decoded. Several are none. */
  #keyIn(fields: string, query: string): Buffer | null {
    if (this.#terms.query === undefined) {
      const value = fieldValue(fields, this.#header)
      return value === null ? null : Buffer.from(value, 'latin1')
    }
    const [value = null, ...more] = strictParameterValues(query, this.#terms.query)
    return value === null || more.length > 0 ? null : Buffer.from(value, 'utf8')
  }

  #read(): void {
    this.#version = this.#secrets.version
    this.#lacksSecret = false
    this.#keys = new Map()
    for (const { name, hash: given, secretName } of this.#terms.keys) {
      const secret = secretName === undefined ? null : this.#secrets.secret(secretName)
      const digest = given ?? (secret === null ? null : hash('sha256', Buffer.from(secret, 'latin1'), 'hex'))
      if (digest === null) this.#lacksSecret = true
      else this.#keys.set(digest, { digest: Buffer.from(digest, 'hex'), granted: { kind: 'granted', user: name, fields: '' } })
    }
  }
}
