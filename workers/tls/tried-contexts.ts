import { createHash } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'

/** What the TLS library says to options, asked once for each. */
export class TriedContexts {
  #problems = new Map<string, string | null>()
  #before = new Map<string, string | null>()

  /** Forgets what nobody asked about since the last time. */
  forgetUnasked(): void {
    this.#before = this.#problems
    this.#problems = new Map()
  }

  /** Why no context can be made with them; null when one can. */
  problemWith(options: SecureContextOptions): string | null {
    const key = createHash('sha256').update(JSON.stringify(options)).digest('base64')
    const known = this.#problems.get(key) ?? this.#before.get(key)
    const problem = known === undefined ? ask(options) : known
    this.#problems.set(key, problem)
    return problem
  }
}

function ask(options: SecureContextOptions): string | null {
  try {
    createSecureContext(options)
    return null
  } catch (error) {
    const { reason, message } = error as Error & { reason?: string }
    return reason ?? message
  }
}
