import { DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** One change, chained to the one before by its hash. */
export interface AuditRow extends Model<InferAttributes<AuditRow>, InferCreationAttributes<AuditRow>> {
  sequence: string
  at: Date
  actor: string
  action: string
  kind: string
  resourceId: string
  requestId: string
  before: unknown
  after: unknown
  previousHash: string
  hash: string
}

export function defineAudit(sequelize: Sequelize): { audit: ModelStatic<AuditRow> } {
  return {
    audit: sequelize.define<AuditRow>('audit', {
      sequence: { type: DataTypes.BIGINT, primaryKey: true },
      at: DataTypes.DATE(3),
      actor: DataTypes.TEXT,
      action: DataTypes.TEXT,
      kind: DataTypes.TEXT,
      resourceId: DataTypes.TEXT,
      requestId: DataTypes.TEXT,
      before: DataTypes.JSONB,
      after: DataTypes.JSONB,
      previousHash: DataTypes.CHAR(64),
      hash: DataTypes.CHAR(64)
    })
  }
}
