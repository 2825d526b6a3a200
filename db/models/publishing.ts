import { type CreationOptional, DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** The one row that every publish locks. */
export interface ConfigurationRow extends Model<InferAttributes<ConfigurationRow>, InferCreationAttributes<ConfigurationRow>> {
  id: number
  epoch: string
  liveRevision: number | null
  behindRollback: boolean
}

/** A frozen configuration; `content` is canonical JSON. A trigger refuses changes. */
export interface SnapshotRow extends Model<InferAttributes<SnapshotRow>, InferCreationAttributes<SnapshotRow>> {
  epoch: string
  revision: number
  schemaVersion: number
  createdBy: string
  createdAt: Date
  note: string
  sha256: string
  content: string
  /** The certificates that the content names. */
  certificateIds: CreationOptional<string[]>
  /** The secrets that the content names. */
  secretNames: CreationOptional<string[]>
  /** The names that need a certificate by ACME; null in those that were published before this was noted. */
  acmeNames: CreationOptional<string[] | null>
}

/** A revision that somebody wants kept. */
export interface SnapshotPinRow extends Model<InferAttributes<SnapshotPinRow>, InferCreationAttributes<SnapshotPinRow>> {
  epoch: string
  revision: number
  note: string
  pinnedBy: string
  pinnedAt: Date
}

export interface PublishingModels {
  configuration: ModelStatic<ConfigurationRow>
  snapshots: ModelStatic<SnapshotRow>
  snapshotPins: ModelStatic<SnapshotPinRow>
}

export function definePublishing(sequelize: Sequelize): PublishingModels {
  return {
    configuration: sequelize.define<ConfigurationRow>('configuration', {
      id: { type: DataTypes.SMALLINT, primaryKey: true },
      epoch: DataTypes.UUID,
      liveRevision: DataTypes.INTEGER,
      behindRollback: DataTypes.BOOLEAN
    }),
    snapshots: sequelize.define<SnapshotRow>('snapshots', {
      epoch: { type: DataTypes.UUID, primaryKey: true },
      revision: { type: DataTypes.INTEGER, primaryKey: true },
      schemaVersion: DataTypes.INTEGER,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      note: DataTypes.TEXT,
      sha256: DataTypes.CHAR(64),
      content: DataTypes.TEXT,
      certificateIds: DataTypes.ARRAY(DataTypes.UUID),
      secretNames: DataTypes.ARRAY(DataTypes.TEXT),
      acmeNames: DataTypes.ARRAY(DataTypes.TEXT)
    }),
    snapshotPins: sequelize.define<SnapshotPinRow>('snapshot_pins', {
      epoch: { type: DataTypes.UUID, primaryKey: true },
      revision: { type: DataTypes.INTEGER, primaryKey: true },
      note: DataTypes.TEXT,
      pinnedBy: DataTypes.TEXT,
      pinnedAt: DataTypes.DATE(3)
    })
  }
}
