import { Sequelize } from 'sequelize'

export interface ConnectOptions {
  url: string
  /** Most connections of this process to the database. */
  poolSize?: number
  onQuery?: (sql: string) => void
}

/** Opens a pool to Postgres; connects on first use. The caller closes it. */
export function connect(options: ConnectOptions): Sequelize {
  return new Sequelize(options.url, {
    dialect: 'postgres',
    logging: options.onQuery ?? false,
    pool: { max: options.poolSize ?? 10, min: 0, idle: 30_000, acquire: 10_000 },
    dialectOptions: { application_name: 'gateway', connectionTimeoutMillis: 5_000, statement_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 },
    retry: { max: 0 },
    define: { underscored: true, timestamps: false, freezeTableName: true }
  })
}
