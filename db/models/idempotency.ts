import { type CreationOptional, DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** A request that came with an Idempotency-Key. */
export interface IdempotencyKeyRow extends Model<InferAttributes<IdempotencyKeyRow>, InferCreationAttributes<IdempotencyKeyRow>> {
  /** Kind and id; a key means something only to who sent it. */
  actor: string
  key: string
  /** sha256 of what was asked. */
  fingerprint: string
  requestId: string
  createdAt: Date
  /** Until then it may be running. */
  lockedUntil: Date
  /** null: it runs, or its end is not known. */
  sealedAnswer: CreationOptional<string | null>
}

export function defineIdempotency(sequelize: Sequelize): { idempotencyKeys: ModelStatic<IdempotencyKeyRow> } {
  return {
    idempotencyKeys: sequelize.define<IdempotencyKeyRow>('idempotency_keys', {
      actor: { type: DataTypes.TEXT, primaryKey: true },
      key: { type: DataTypes.TEXT, primaryKey: true },
      fingerprint: DataTypes.CHAR(64),
      requestId: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      lockedUntil: DataTypes.DATE(3),
      sealedAnswer: DataTypes.TEXT
    })
  }
}
