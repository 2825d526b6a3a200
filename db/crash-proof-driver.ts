import pg from 'pg'

/**
 * The driver, with clients whose errors always have a listener. Sequelize adds its own only some steps after a connection
 * is made; one that Postgres ends in between, as when it shuts down, would end this process.
 */
export const crashProofDriver = {
  ...pg,
  Client: class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      // Nothing is lost: the next query on such a client is refused, and Sequelize then takes another one.
      this.on('error', () => {})
    }
  }
}
