import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'

/** A row of one of the kinds: thin columns, and the whole spec as JSON. */
export interface DraftedRow extends Model<InferAttributes<DraftedRow>, InferCreationAttributes<DraftedRow>> {
  id: string
  name: string
  enabled: boolean
  tenantCode: string | null
  spec: Record<string, unknown>
  version: CreationOptional<number>
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
  deletedAt: CreationOptional<Date | null>
}

/** The tables of the kinds. */
export const DRAFTED_TABLES: Readonly<Record<DraftedKind, string>> = { listeners: 'listeners', upstreams: 'upstreams', routes: 'routes', providers: 'providers', tlsPolicies: 'tls_policies', policies: 'policies' }

export type DraftedModels = Record<DraftedKind, ModelStatic<DraftedRow>>

export function defineDrafted(sequelize: Sequelize): DraftedModels {
  const define = (kind: DraftedKind) =>
    sequelize.define<DraftedRow>(DRAFTED_TABLES[kind], {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: DataTypes.TEXT,
      enabled: DataTypes.BOOLEAN,
      tenantCode: DataTypes.TEXT,
      spec: DataTypes.JSONB,
      version: { type: DataTypes.INTEGER, defaultValue: 1 },
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      updatedBy: DataTypes.TEXT,
      updatedAt: DataTypes.DATE(3),
      deletedAt: DataTypes.DATE(3)
    })
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, define(kind)])) as DraftedModels
}
