import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { Role } from '../../shared/schema/role.ts'

export interface UserRow extends Model<InferAttributes<UserRow>, InferCreationAttributes<UserRow>> {
  id: string
  email: string
  passwordHash: string
  role: Role
  failedLogins: CreationOptional<number>
  lockedUntil: CreationOptional<Date | null>
  createdAt: Date
}

/** A signed-in browser; the cookie's token is stored only as its sha256. */
export interface SessionRow extends Model<InferAttributes<SessionRow>, InferCreationAttributes<SessionRow>> {
  tokenHash: string
  userId: string
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
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
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
      failedLogins: { type: DataTypes.INTEGER, defaultValue: 0 },
      lockedUntil: DataTypes.DATE(3),
      createdAt: DataTypes.DATE(3)
    }),
    sessions: sequelize.define<SessionRow>('sessions', {
      tokenHash: { type: DataTypes.CHAR(64), primaryKey: true },
      userId: DataTypes.UUID,
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
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      expiresAt: DataTypes.DATE(3)
    })
  }
}
