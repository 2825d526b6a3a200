import type { Sequelize } from 'sequelize'
import { type ConnectOptions, connect } from './connect.ts'
import { defineAudit } from './models/audit.ts'
import { defineCertificates } from './models/certificates.ts'
import { defineDrafted } from './models/drafted.ts'
import { defineNodes } from './models/nodes.ts'
import { definePeople } from './models/people.ts'
import { definePublishing } from './models/publishing.ts'

/** The connection pool and every model on it. */
export type Database = ReturnType<typeof createDatabase>

export function createDatabase(options: ConnectOptions) {
  const sequelize: Sequelize = connect(options)
  return {
    sequelize,
    drafted: defineDrafted(sequelize),
    ...definePublishing(sequelize),
    ...defineNodes(sequelize),
    ...defineCertificates(sequelize),
    ...definePeople(sequelize),
    ...defineAudit(sequelize)
  }
}
