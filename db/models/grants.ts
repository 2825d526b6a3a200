import { DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** What the routes of a tenant may use. */
export interface GrantRow extends Model<InferAttributes<GrantRow>, InferCreationAttributes<GrantRow>> {
  tenantCode: string
  listenerIds: string[]
  upstreamIds: string[]
  hostSuffixes: string[]
  priorityMin: number
  priorityMax: number
  version: number
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
}

export function defineGrants(sequelize: Sequelize): { grants: ModelStatic<GrantRow> } {
  return {
    grants: sequelize.define<GrantRow>('grants', {
      tenantCode: { type: DataTypes.TEXT, primaryKey: true },
      listenerIds: DataTypes.ARRAY(DataTypes.UUID),
      upstreamIds: DataTypes.ARRAY(DataTypes.UUID),
      hostSuffixes: DataTypes.ARRAY(DataTypes.TEXT),
      priorityMin: DataTypes.INTEGER,
      priorityMax: DataTypes.INTEGER,
      version: DataTypes.INTEGER,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      updatedBy: DataTypes.TEXT,
      updatedAt: DataTypes.DATE(3)
    })
  }
}
