import { type Finding, ok, skipped, wrong } from './finding.ts'

const OLDEST = 15
const TIMEOUT_MS = 5_000

/** PostgreSQL as DATABASE_URL names it. */
export async function checkDatabase(url: string | undefined): Promise<Finding[]> {
  if (url === undefined || url === '') return [skipped('database', 'DATABASE_URL is not set here; what the control plane says of it stands above')]
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows: [row] } = await client.query<{ version: string; table: string | null }>("SELECT current_setting('server_version_num') AS version, to_regclass('configuration')::text AS table")
    const major = Math.floor(Number(row?.version) / 10_000)
    if (major < OLDEST) return [wrong('database', `PostgreSQL ${major}`, `it must be ${OLDEST} or newer`)]
    return [ok('database', `PostgreSQL ${major}${row?.table === null ? ', empty: control-web makes the tables' : ''}`)]
  } catch (error) {
    return [wrong('database', `cannot be used (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`, 'see DATABASE_URL: address, user, password, database')]
  } finally {
    await client.end().catch(() => {})
  }
}
