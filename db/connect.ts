import { Sequelize } from 'sequelize'
import { crashProofDriver } from './crash-proof-driver.ts'

export interface ConnectOptions {
  url: string
  /** Most connections of this process to the database. */
  poolSize?: number
  /** Longest wait for the answer to one query, also when the server hangs. Default 30,000 ms. */
  queryTimeoutMs?: number
  onQuery?: (sql: string) => void
}

/** Opens a pool to Postgres; connects on first use. The caller closes it. */
export function connect(options: ConnectOptions): Sequelize {
  const queryTimeoutMs = options.queryTimeoutMs ?? 30_000
  return new Sequelize(options.url, {
    dialect: 'postgres',
    dialectModule: crashProofDriver,
    logging: options.onQuery ?? false,
    pool: { max: options.poolSize ?? 10, min: 0, idle: 30_000, acquire: 10_000 },
    dialectOptions: {
      application_name: 'gateway',
      connectionTimeoutMillis: 5_000,
      // The server gives up first where it still can; the client's own limit is for a server that does not answer.
      statement_timeout: queryTimeoutMs - 1_000,
      query_timeout: queryTimeoutMs,
      idle_in_transaction_session_timeout: 60_000
    },
    retry: { max: 0 },
    define: { underscored: true, timestamps: false, freezeTableName: true }
  })
}
