import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

export interface AcmeAccountRow extends Model<InferAttributes<AcmeAccountRow>, InferCreationAttributes<AcmeAccountRow>> {
  directoryUrl: string
  accountUrl: string
  sealedKey: string
  keyId: string
  createdAt: Date
}

/** `nextAt` null: nothing more is tried until a person asks for it. */
export interface AcmeNameRow extends Model<InferAttributes<AcmeNameRow>, InferCreationAttributes<AcmeNameRow>> {
  name: string
  certificateId: string
  status: 'waiting' | 'ordering' | 'issued' | 'failed'
  attempts: CreationOptional<number>
  /** Orders of the last day. */
  orderedAt: CreationOptional<Date[]>
  nextAt: Date | null
  lockedUntil: CreationOptional<Date | null>
  lastError: CreationOptional<string | null>
  /** What was seen of the answer to the last challenge before the authority was told to look. */
  selfCheck: CreationOptional<string | null>
  /** When the authority is asked next how soon it wants the certificate renewed. */
  infoAt: CreationOptional<Date | null>
  updatedAt: Date
}

export interface AcmeChallengeRow extends Model<InferAttributes<AcmeChallengeRow>, InferCreationAttributes<AcmeChallengeRow>> {
  token: string
  keyAuthorization: string
  name: string
  createdAt: Date
}

export interface AcmeModels {
  acmeAccounts: ModelStatic<AcmeAccountRow>
  acmeNames: ModelStatic<AcmeNameRow>
  acmeChallenges: ModelStatic<AcmeChallengeRow>
}

export function defineAcme(sequelize: Sequelize): AcmeModels {
  return {
    acmeAccounts: sequelize.define<AcmeAccountRow>('acme_accounts', {
      directoryUrl: { type: DataTypes.TEXT, primaryKey: true },
      accountUrl: DataTypes.TEXT,
      sealedKey: DataTypes.TEXT,
      keyId: DataTypes.CHAR(16),
      createdAt: DataTypes.DATE(3)
    }),
    acmeNames: sequelize.define<AcmeNameRow>('acme_names', {
      name: { type: DataTypes.TEXT, primaryKey: true },
      certificateId: DataTypes.UUID,
      status: DataTypes.TEXT,
      attempts: { type: DataTypes.INTEGER, defaultValue: 0 },
      orderedAt: { type: DataTypes.ARRAY(DataTypes.DATE(3)), defaultValue: [] },
      nextAt: DataTypes.DATE(3),
      lockedUntil: DataTypes.DATE(3),
      lastError: DataTypes.TEXT,
      selfCheck: DataTypes.TEXT,
      infoAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3)
    }),
    acmeChallenges: sequelize.define<AcmeChallengeRow>('acme_challenges', {
      token: { type: DataTypes.TEXT, primaryKey: true },
      keyAuthorization: DataTypes.TEXT,
      name: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3)
    })
  }
}
