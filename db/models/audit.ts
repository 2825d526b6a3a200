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

/** Where the audit begins, once retention removed a part: one row. */
export interface AuditAnchorRow extends Model<InferAttributes<AuditAnchorRow>, InferCreationAttributes<AuditAnchorRow>> {
  id: number
  sequence: string
  hash: string
  at: Date
  keyId: string
  signature: string
}

export function defineAudit(sequelize: Sequelize): { audit: ModelStatic<AuditRow>; auditAnchor: ModelStatic<AuditAnchorRow> } {
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
    }),
    auditAnchor: sequelize.define<AuditAnchorRow>('audit_anchor', {
      id: { type: DataTypes.SMALLINT, primaryKey: true },
      sequence: DataTypes.BIGINT,
      hash: DataTypes.CHAR(64),
      at: DataTypes.DATE(3),
      keyId: DataTypes.CHAR(16),
      signature: DataTypes.CHAR(64)
    })
  }
}
