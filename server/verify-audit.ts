import { createDatabase } from '../db/database.ts'
import { verifyAudit } from './audit/verify-audit.ts'
import { parseSecretsKey } from './sealing/secrets-key.ts'

const HELP = `node server/verify-audit.ts

Verifies the chain of the audit, from its beginning or from where retention signed that it begins. Reads DATABASE_URL, and
SECRETS_KEY where rows were removed. Prints one line of JSON; ends with 0 when all is as it was written, else with 1.
`

/** The verification of the audit, without control-web. */
const url = process.env['DATABASE_URL'] ?? ''
if (process.argv.length > 2) {
  const isHelp = ['--help', '-h'].includes(process.argv[2] ?? '')
  ;(isHelp ? process.stdout : process.stderr).write(HELP)
  process.exitCode = isHelp ? 0 : 78
} else if (url === '') {
  process.stderr.write('DATABASE_URL must be set, like postgres://user:password@host:5432/gateway\n')
  process.exitCode = 78
} else {
  const db = createDatabase({ url, poolSize: 1 })
  try {
    const result = await verifyAudit(db, parseSecretsKey(process.env['SECRETS_KEY'] ?? ''))
    process.stdout.write(`${JSON.stringify(result)}\n`)
    process.exitCode = result.ok ? 0 : 1
  } finally {
    await db.sequelize.close()
  }
}
