import { DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** What a person said about a target. `weight` is null when it was taken out. */
export interface TargetOverrideRow extends Model<InferAttributes<TargetOverrideRow>, InferCreationAttributes<TargetOverrideRow>> {
  upstreamId: string
  targetId: string
  kind: 'ejected' | 'weight'
  weight: number | null
  /** null: until a person takes it back. */
  expiresAt: Date | null
  reason: string
  createdBy: string
  createdAt: Date
}

export function defineTargetOverrides(sequelize: Sequelize): { targetOverrides: ModelStatic<TargetOverrideRow> } {
  return {
    targetOverrides: sequelize.define<TargetOverrideRow>('target_overrides', {
      upstreamId: { type: DataTypes.UUID, primaryKey: true },
      targetId: { type: DataTypes.TEXT, primaryKey: true },
      kind: { type: DataTypes.TEXT, primaryKey: true },
      weight: DataTypes.INTEGER,
      expiresAt: DataTypes.DATE(3),
      reason: DataTypes.TEXT,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3)
    })
  }
}
