import { createDatabase } from '../db/database.ts'
import { reseal } from './sealing/reseal.ts'
import { parseSecretsKey } from './sealing/secrets-key.ts'

const HELP = `node server/rotate-secrets.ts

Seals every private key and secret in the database with NEW_SECRETS_KEY in place of SECRETS_KEY, all or nothing. Stop
control-web and control-jobs before, and start them with the new key. Reads DATABASE_URL, SECRETS_KEY, NEW_SECRETS_KEY.
`

/** The exchange of SECRETS_KEY. */
const url = process.env['DATABASE_URL'] ?? ''
const [from, to] = [parseSecretsKey(process.env['SECRETS_KEY'] ?? ''), parseSecretsKey(process.env['NEW_SECRETS_KEY'] ?? '')]
if (process.argv.length > 2) {
  const isHelp = ['--help', '-h'].includes(process.argv[2] ?? '')
  ;(isHelp ? process.stdout : process.stderr).write(HELP)
  process.exitCode = isHelp ? 0 : 78
} else if (url === '' || from === null || to === null || from.id === to.id) {
  process.stderr.write('DATABASE_URL must be set, and SECRETS_KEY and NEW_SECRETS_KEY be two different keys of 32 bytes in base64 or hex (openssl rand -base64 32)\n')
  process.exitCode = 78
} else {
  const db = createDatabase({ url, poolSize: 1 })
  try {
    process.stdout.write(`${JSON.stringify(await reseal(db, from, to))}\n`)
  } catch (error) {
    process.stderr.write(`Nothing was changed: ${(error as Error).message}\n`)
    process.exitCode = 1
  } finally {
    await db.sequelize.close()
  }
}
