import type { Sequelize } from 'sequelize'
import { type ConnectOptions, connect } from './connect.ts'
import { defineAcme } from './models/acme.ts'
import { defineAudit } from './models/audit.ts'
import { defineCertificates } from './models/certificates.ts'
import { defineDrafted } from './models/drafted.ts'
import { defineGuardedPublishing } from './models/guarded-publishing.ts'
import { defineIdempotency } from './models/idempotency.ts'
import { defineGrants } from './models/grants.ts'
import { defineNodes } from './models/nodes.ts'
import { definePeople } from './models/people.ts'
import { definePublishing } from './models/publishing.ts'
import { defineSecrets } from './models/secrets.ts'
import { defineTargetOverrides } from './models/target-overrides.ts'
import { defineWebhooks } from './models/webhooks.ts'

/** The connection pool and every model on it. */
export type Database = ReturnType<typeof createDatabase>

export function createDatabase(options: ConnectOptions) {
  const sequelize: Sequelize = connect(options)
  return {
    sequelize,
    drafted: defineDrafted(sequelize),
    ...definePublishing(sequelize),
    ...defineGuardedPublishing(sequelize),
    ...defineNodes(sequelize),
    ...defineCertificates(sequelize),
    ...defineAcme(sequelize),
    ...defineSecrets(sequelize),
    ...defineTargetOverrides(sequelize),
    ...defineWebhooks(sequelize),
    ...definePeople(sequelize),
    ...defineIdempotency(sequelize),
    ...defineGrants(sequelize),
    ...defineAudit(sequelize)
  }
}
