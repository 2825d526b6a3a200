import { createDatabase } from '../db/database.ts'
import { createLog } from './create-log.ts'
import { migrateDatabase } from './migrate-database.ts'
import { beginEpoch } from './publishing/begin-epoch.ts'

const HELP = `node server/recover.ts --new-epoch

After a restore of the database from a backup: gives it a new epoch, so that the data nodes take the next publish although
they serve revisions that the backup does not know. They serve on what they have until then. Reads DATABASE_URL.
`

/** The recovery of a database that was restored from a backup. */
const [argument, ...more] = process.argv.slice(2)
const url = process.env['DATABASE_URL'] ?? ''
if (argument === '--help' || argument === '-h') {
  process.stdout.write(HELP)
} else if (argument !== '--new-epoch' || more.length > 0) {
  process.stderr.write(HELP)
  process.exitCode = 78
} else if (url === '') {
  process.stderr.write('DATABASE_URL must be set, like postgres://user:password@host:5432/gateway\n')
  process.exitCode = 78
} else {
  await recover()
}

async function recover(): Promise<void> {
  const db = createDatabase({ url, poolSize: 2 })
  try {
    await migrateDatabase(url, createLog('recover', 'warn'))
    const { before, epoch, revision } = await beginEpoch(db, 'recover')
    const live = revision === null ? 'Nothing was published yet.' : `What was live in the backup is revision ${revision}.`
    process.stdout.write(`Epoch ${epoch} follows ${before}. ${live}\nThe data nodes serve on what they have. Look at the draft and publish: every node takes that.\n`)
  } catch (error) {
    process.stderr.write(`The database could not be recovered: ${(error as Error).message}\n`)
    process.exitCode = 1
  } finally {
    await db.sequelize.close()
  }
}
