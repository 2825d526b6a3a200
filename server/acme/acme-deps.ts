import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Database } from '../../db/database.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'

/** How certificates are ordered; from the environment. */
export interface AcmeSettings {
  directoryUrl: string
  contactEmail: string | null
  /** External Account Binding (RFC 8555 section 7.3.4). */
  binding: { kid: string; hmacKey: string } | null
}

/** What the parts of ACME are given. `settings` is null where ACME is not enabled. */
export interface AcmeDeps {
  db: Database
  redis: Redis
  secretsKey: SecretsKey | null
  log: Logger
  settings: AcmeSettings | null
}
