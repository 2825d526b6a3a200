import { DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** `sealedValue` opens with SECRETS_KEY only; `keyId` tells with which one. */
export interface SecretRow extends Model<InferAttributes<SecretRow>, InferCreationAttributes<SecretRow>> {
  id: string
  name: string
  tenantCode: string | null
  description: string | null
  labels: Record<string, string>
  sealedValue: string
  keyId: string
  version: number
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
  deletedAt: Date | null
}

export function defineSecrets(sequelize: Sequelize): { secrets: ModelStatic<SecretRow> } {
  return {
    secrets: sequelize.define<SecretRow>('secrets', {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: DataTypes.TEXT,
      tenantCode: DataTypes.TEXT,
      description: DataTypes.TEXT,
      labels: DataTypes.JSONB,
      sealedValue: DataTypes.TEXT,
      keyId: DataTypes.CHAR(16),
      version: DataTypes.INTEGER,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      updatedBy: DataTypes.TEXT,
      updatedAt: DataTypes.DATE(3),
      deletedAt: DataTypes.DATE(3)
    })
  }
}
