import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { BasicAuthorization } from '../../../shared/schema/authorization.ts'
import { fieldValue } from '../../../shared/transforms/header-lines.ts'
import { FAILURES } from '../../proxy/failure.ts'
import { type Outcome, refused } from '../outcome.ts'
import type { Authenticator, AuthorizedRequest, CredentialFields, Secrets } from './authenticator.ts'
import { passwordFits } from './password-hash.ts'
import { VerifiedPasswords } from './verified-passwords.ts'

const MOST_CHARACTERS = 1_024
/** Slow hashes computed at one time by a thread, and how many more may wait. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 64

/** User and password (RFC 7617). A password is hashed slowly once, and then known by a keyed hash for a while. */
export class BasicAuthenticator implements Authenticator {
  readonly #users: ReadonlyMap<string, BasicAuthorization['users'][number]>
  readonly #challenge: string
  readonly #secrets: Secrets
  readonly #key = randomBytes(32)
  readonly #verified = new VerifiedPasswords(MOST_AT_ONCE, MOST_WAITING)
  /** For users that are not there, so that the time does not tell which ones are; '' where all have secrets. */
  readonly #anyHash: string

  constructor({ users }: BasicAuthorization, realm: string, secrets: Secrets) {
    this.#users = new Map(users.map((user) => [user.name, user]))
    this.#challenge = `WWW-Authenticate: Basic realm="${realm}", charset="UTF-8"\r\n`
    this.#secrets = secrets
    this.#anyHash = users.find(({ hash }) => hash !== undefined)?.hash ?? ''
  }

  check({ fields }: AuthorizedRequest): Outcome | Promise<Outcome> {
    const value = fieldValue(fields, 'authorization')
    if (value === null || !/^basic /i.test(value)) return refused(FAILURES.unauthorized, 'no_password', this.#challenge)
    if (value.length > MOST_CHARACTERS) return this.#wrong()
    const decoded = Buffer.from(value.slice(6).trim(), 'base64')
    const colon = decoded.indexOf(0x3a)
    if (colon === -1) return this.#wrong()
    const name = decoded.toString('utf8', 0, colon)
    const password = decoded.subarray(colon + 1)
    const user = this.#users.get(name)
    const secret = user?.secretName === undefined ? '' : this.#secrets.secret(user.secretName)
    if (secret === null) return refused(FAILURES.authorizationUnavailable, 'secret_missing')
    // Compared for everybody, and hashed where it is wrong: the time must not tell who has a secret, nor who is there.
    const isSecret = this.#isSecret(password, secret)
    if (isSecret && user?.secretName !== undefined) return granted(name)
    return this.#byHash(name, user?.hash ?? null, decoded, password)
  }

  strip(head: CredentialFields): void {
    head.takeOut('authorization')
  }

  #isSecret(password: Buffer, secret: string): boolean {
    return timingSafeEqual(this.#digest(password), this.#digest(Buffer.from(secret, 'latin1')))
  }

  #byHash(name: string, hash: string | null, credentials: Buffer, password: Buffer): Outcome | Promise<Outcome> {
    // Where no user has a slow hash, all answers are quick.
    if (hash === null && this.#anyHash === '') return this.#wrong()
    const digest = this.#digest(credentials).toString('base64')
    const known = this.#verified.get(digest)
    if (known !== null) return known ? granted(name) : this.#wrong()
    const pending = this.#verified.verify(digest, () => passwordFits(hash ?? this.#anyHash, password).then((fits) => fits && hash !== null))
    if (pending === null) return refused(FAILURES.authorizationUnavailable, 'busy')
    return pending.then((fits) => (fits ? granted(name) : this.#wrong()), () => refused(FAILURES.authorizationUnavailable, 'bad_hash'))
  }

  #digest(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest()
  }

  #wrong(): Outcome {
    return refused(FAILURES.unauthorized, 'wrong_password', this.#challenge)
  }
}

function granted(user: string): Outcome {
  return { kind: 'granted', user, fields: '' }
}
