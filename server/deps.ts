import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import type { SecretsKey } from './sealing/secrets-key.ts'

/** What the parts of the control plane are given; built once by the main programs. */
export interface Deps {
  db: Database
  /** For commands: fails after 1 s and queues nothing while Redis is away. */
  redis: Redis
  /** null: no secret can be stored or used. */
  secretsKey: SecretsKey | null
  /** Health probes also go to loopback and link-local targets. */
  probesLocal: boolean
  /** Webhooks may go to private addresses, and by http to loopback ones. */
  webhooksPrivate: boolean
  /** A publish waits for the approval of a second person. */
  needsApproval: boolean
  log: Logger
}
