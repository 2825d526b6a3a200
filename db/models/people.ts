import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { Role } from '../../shared/schema/role.ts'

export interface UserRow extends Model<InferAttributes<UserRow>, InferCreationAttributes<UserRow>> {
  id: string
  email: string
  passwordHash: string
  role: Role
  /** Null: not limited. */
  tenants: CreationOptional<string[] | null>
  enabled: CreationOptional<boolean>
  /** Set while the password is one that an admin gave: it must be changed, and cannot be used after this moment. */
  oneTimeUntil: CreationOptional<Date | null>
  lastSignInAt: CreationOptional<Date | null>
  failedLogins: CreationOptional<number>
  lockedUntil: CreationOptional<Date | null>
  createdAt: Date
}

/** A signed-in browser; the cookie's token is stored only as its sha256. */
export interface SessionRow extends Model<InferAttributes<SessionRow>, InferCreationAttributes<SessionRow>> {
  tokenHash: string
  /** Names the session without giving it away. */
  id: CreationOptional<string>
  userId: string
  clientAddress: CreationOptional<string>
  userAgent: CreationOptional<string>
  csrfToken: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
}

export interface ApiTokenRow extends Model<InferAttributes<ApiTokenRow>, InferCreationAttributes<ApiTokenRow>> {
  id: string
  name: string
  tokenHash: string
  role: Role
  /** Null: not limited. */
  tenants: CreationOptional<string[] | null>
  /** Whose rights it never exceeds; null: nobody's. */
  ownerId: CreationOptional<string | null>
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: CreationOptional<Date | null>
}

export interface PeopleModels {
  users: ModelStatic<UserRow>
  sessions: ModelStatic<SessionRow>
  apiTokens: ModelStatic<ApiTokenRow>
}

export function definePeople(sequelize: Sequelize): PeopleModels {
  return {
    users: sequelize.define<UserRow>('users', {
      id: { type: DataTypes.UUID, primaryKey: true },
      email: DataTypes.TEXT,
      passwordHash: DataTypes.TEXT,
      role: DataTypes.TEXT,
      tenants: DataTypes.ARRAY(DataTypes.TEXT),
      enabled: { type: DataTypes.BOOLEAN, defaultValue: true },
      oneTimeUntil: DataTypes.DATE(3),
      lastSignInAt: DataTypes.DATE(3),
      failedLogins: { type: DataTypes.INTEGER, defaultValue: 0 },
      lockedUntil: DataTypes.DATE(3),
      createdAt: DataTypes.DATE(3)
    }),
    sessions: sequelize.define<SessionRow>('sessions', {
      tokenHash: { type: DataTypes.CHAR(64), primaryKey: true },
      id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
      userId: DataTypes.UUID,
      clientAddress: { type: DataTypes.TEXT, defaultValue: '' },
      userAgent: { type: DataTypes.TEXT, defaultValue: '' },
      csrfToken: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      lastSeenAt: DataTypes.DATE(3),
      expiresAt: DataTypes.DATE(3)
    }),
    apiTokens: sequelize.define<ApiTokenRow>('api_tokens', {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: DataTypes.TEXT,
      tokenHash: DataTypes.CHAR(64),
      role: DataTypes.TEXT,
      tenants: DataTypes.ARRAY(DataTypes.TEXT),
      ownerId: DataTypes.UUID,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      expiresAt: DataTypes.DATE(3),
      lastUsedAt: DataTypes.DATE(3)
    })
  }
}
