import type { Sequelize } from 'sequelize'
import { Umzug } from 'umzug'
import { up as initial } from './migrations/0001-initial.ts'
import { up as auditAppendOnly } from './migrations/0002-audit-append-only.ts'
import { up as certificates } from './migrations/0003-certificates.ts'
import { up as providers } from './migrations/0004-providers.ts'
import { up as tlsPolicies } from './migrations/0005-tls-policies.ts'
import { up as acme } from './migrations/0006-acme.ts'
import { up as secrets } from './migrations/0007-secrets.ts'
import { up as acmeRenewalInfo } from './migrations/0008-acme-renewal-info.ts'
import { up as tenantScope } from './migrations/0010-tenant-scope.ts'
import { up as peopleAndGrants } from './migrations/0011-people-and-grants.ts'
import { up as fleetProof } from './migrations/0012-fleet-proof.ts'
import { up as guardedPublishing } from './migrations/0013-guarded-publishing.ts'
import { up as nodeOperation } from './migrations/0014-node-operation.ts'
import { up as targetOverrides } from './migrations/0015-target-overrides.ts'
import { up as history } from './migrations/0016-history.ts'
import { up as webhooks } from './migrations/0018-webhooks.ts'
import { up as occurrences } from './migrations/0019-occurrences.ts'
import { up as policies } from './migrations/0020-policies.ts'
import { up as acmeNamesOfSnapshots } from './migrations/0021-acme-names-of-snapshots.ts'
import { up as challengesSeen } from './migrations/0022-challenges-seen.ts'
import { createMigrationStorage } from './migration-storage.ts'

/** Takes part in every start; the number is the lock's name in Postgres and must never change. */
const ADVISORY_LOCK = 7_205_759_403

const migrations = [
  { name: '0001-initial', up: initial },
  { name: '0002-audit-append-only', up: auditAppendOnly },
  { name: '0003-certificates', up: certificates },
  { name: '0004-providers', up: providers },
  { name: '0005-tls-policies', up: tlsPolicies },
  { name: '0006-acme', up: acme },
  { name: '0007-secrets', up: secrets },
  { name: '0008-acme-renewal-info', up: acmeRenewalInfo },
  { name: '0010-tenant-scope', up: tenantScope },
  { name: '0011-people-and-grants', up: peopleAndGrants },
  { name: '0012-fleet-proof', up: fleetProof },
  { name: '0013-guarded-publishing', up: guardedPublishing },
  { name: '0014-node-operation', up: nodeOperation },
  { name: '0015-target-overrides', up: targetOverrides },
  { name: '0016-history', up: history },
  { name: '0018-webhooks', up: webhooks },
  { name: '0019-occurrences', up: occurrences },
  { name: '0020-policies', up: policies },
  { name: '0021-acme-names-of-snapshots', up: acmeNamesOfSnapshots },
  { name: '0022-challenges-seen', up: challengesSeen }
]

/**
 * Brings the database to the newest schema. Several processes may call it at once: one migrates, the others wait.
 * `to` names the last one to apply; every one by default.
 * @returns the names of the migrations that were applied.
 */
export async function migrate(sequelize: Sequelize, to?: string): Promise<string[]> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query('SELECT pg_advisory_xact_lock($1)', { bind: [ADVISORY_LOCK], transaction })
    const umzug = new Umzug({
      migrations: migrations.map(({ name, up }) => ({ name, up: () => up(sequelize, transaction) })),
      storage: createMigrationStorage(sequelize, transaction),
      logger: undefined
    })
    const applied = await umzug.up(to === undefined ? {} : { to })
    return applied.map(({ name }) => name)
  })
}
