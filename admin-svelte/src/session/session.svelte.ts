import { includesRole, type Role } from '../../../shared/schema/role.ts'
import { ApiError } from '../api/api-error.ts'
import type { SessionAnswer, User } from '../api/types.ts'

const SIGNED_IN = 'gateway.signedIn'

interface Waiting {
  userId: string | undefined
  resolve(): void
  reject(error: ApiError): void
}

/**
 * Who is signed in. When the server forgets the session, `expired` puts the sign-in form over the page and requests
 * wait in `renew` until the same person is back: nothing on the page is lost.
 */
class Session {
  user = $state.raw<User>()
  expired = $state(false)
  #csrfToken: string | null = null
  #waiting: Waiting[] = []

  /** Whether this browser may still hold a session cookie, which the page itself cannot see. */
  mayContinue(): boolean {
    return localStorage.getItem(SIGNED_IN) !== null
  }

  csrfToken(): string | null {
    return this.#csrfToken
  }

  /** Whether the signed-in person may do what a role may. The server decides again on every request. */
  may(role: Role): boolean {
    return this.user !== undefined && includesRole(this.user.role, role)
  }

  /** The tenants that the person is kept within; null: not limited. */
  get tenants(): readonly string[] | null {
    return this.user?.tenants ?? null
  }

  /** The same for what concerns every tenant, so that nobody who is limited to some may do it. */
  mayForAll(role: Role): boolean {
    return this.may(role) && this.tenants === null
  }

  opened(answer: SessionAnswer): void {
    this.user = answer.user
    this.#csrfToken = answer.csrfToken
    this.expired = false
    localStorage.setItem(SIGNED_IN, '1')
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) {
      if (one.userId === answer.user.id) one.resolve()
      else one.reject(new ApiError(401, { code: 'other_user', message: 'Somebody else signed in; the request was not sent again.' }))
    }
  }

  closed(): void {
    this.user = undefined
    this.#csrfToken = null
    this.expired = false
    localStorage.removeItem(SIGNED_IN)
    for (const one of this.#waiting) one.reject(new ApiError(401, { code: 'unauthenticated', message: 'Signed out.' }))
    this.#waiting = []
  }

  renew(): Promise<void> {
    this.expired = true
    return new Promise((resolve, reject) => this.#waiting.push({ userId: this.user?.id, resolve, reject }))
  }
}

export const session = new Session()
