import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'

/** `sealedSecret` and `sealedPrevious` open with SECRETS_KEY only; `keyId` tells with which one. */
export interface WebhookRow extends Model<InferAttributes<WebhookRow>, InferCreationAttributes<WebhookRow>> {
  id: string
  name: string
  url: string
  events: string[]
  tenantCode: string | null
  enabled: boolean
  sealedSecret: string
  /** The secret before the last rotation signs too, until `previousUntil`. */
  sealedPrevious: CreationOptional<string | null>
  previousUntil: CreationOptional<Date | null>
  keyId: string
  version: CreationOptional<number>
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
}

/** One event for one webhook. `nextAt` null: nothing more is tried. */
export interface WebhookDeliveryRow extends Model<InferAttributes<WebhookDeliveryRow>, InferCreationAttributes<WebhookDeliveryRow>> {
  id: string
  webhookId: string
  eventId: string
  kind: string
  /** JSON as it is sent. */
  body: string
  state: CreationOptional<'pending' | 'delivered' | 'failed'>
  attempts: CreationOptional<number>
  nextAt: Date | null
  lockedUntil: CreationOptional<Date | null>
  lastStatus: CreationOptional<number | null>
  lastError: CreationOptional<string | null>
  lastMs: CreationOptional<number | null>
  createdAt: Date
  endedAt: CreationOptional<Date | null>
}

export interface WebhookModels {
  webhooks: ModelStatic<WebhookRow>
  webhookDeliveries: ModelStatic<WebhookDeliveryRow>
}

export function defineWebhooks(sequelize: Sequelize): WebhookModels {
  return {
    webhooks: sequelize.define<WebhookRow>('webhooks', {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: DataTypes.TEXT,
      url: DataTypes.TEXT,
      events: DataTypes.ARRAY(DataTypes.TEXT),
      tenantCode: DataTypes.TEXT,
      enabled: DataTypes.BOOLEAN,
      sealedSecret: DataTypes.TEXT,
      sealedPrevious: DataTypes.TEXT,
      previousUntil: DataTypes.DATE(3),
      keyId: DataTypes.CHAR(16),
      version: { type: DataTypes.INTEGER, defaultValue: 1 },
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      updatedBy: DataTypes.TEXT,
      updatedAt: DataTypes.DATE(3)
    }),
    webhookDeliveries: sequelize.define<WebhookDeliveryRow>('webhook_deliveries', {
      id: { type: DataTypes.UUID, primaryKey: true },
      webhookId: DataTypes.UUID,
      eventId: DataTypes.UUID,
      kind: DataTypes.TEXT,
      body: DataTypes.TEXT,
      state: { type: DataTypes.TEXT, defaultValue: 'pending' },
      attempts: { type: DataTypes.INTEGER, defaultValue: 0 },
      nextAt: DataTypes.DATE(3),
      lockedUntil: DataTypes.DATE(3),
      lastStatus: DataTypes.INTEGER,
      lastError: DataTypes.TEXT,
      lastMs: DataTypes.INTEGER,
      createdAt: DataTypes.DATE(3),
      endedAt: DataTypes.DATE(3)
    })
  }
}
