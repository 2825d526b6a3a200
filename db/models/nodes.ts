import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { Ack, Heartbeat } from '../../shared/schema/node-api.ts'
import type { Drain } from '../../shared/schema/operational-state.ts'

/** A drain, and who wanted it. */
export interface NodeDrain extends Drain {
  by: string
  /** ISO 8601. */
  at: string
  reason: string
}

export interface NodeRow extends Model<InferAttributes<NodeRow>, InferCreationAttributes<NodeRow>> {
  id: string
  labels: Record<string, string>
  tokenHash: string
  createdBy: string
  createdAt: Date
  /** Raw X25519 public key in base64. */
  sealingKey: CreationOptional<string | null>
  /** When it was last sent what it asked for: certificates, and answers to challenges. */
  credentialsAt: CreationOptional<Date | null>
  lastHeartbeatAt: CreationOptional<Date | null>
  /** Where its heartbeats come from, as far as control-web can see. */
  address: CreationOptional<string | null>
  heartbeat: CreationOptional<Heartbeat | null>
  /** Since when it serves another content than its revision has here; null: it does not. */
  driftSince: CreationOptional<Date | null>
  /** null: nobody drained it. */
  drain: CreationOptional<NodeDrain | null>
  /** What was told of it last. */
  presence: CreationOptional<'online' | 'unknown' | 'gone'>
  /** That it is behind was told. */
  toldBehind: CreationOptional<boolean>
}

/** Which snapshot a node should serve. */
export interface DesiredRow extends Model<InferAttributes<DesiredRow>, InferCreationAttributes<DesiredRow>> {
  nodeId: string
  epoch: string
  revision: number
  sha256: string
  setAt: CreationOptional<Date>
}

export interface NodeAckRow extends Model<InferAttributes<NodeAckRow>, InferCreationAttributes<NodeAckRow>> {
  nodeId: string
  epoch: string
  revision: number
  ack: Ack
  receivedAt: Date
}

/** What a node had served at the beginning of a minute, counted since it started. */
export interface NodeMinuteRow extends Model<InferAttributes<NodeMinuteRow>, InferCreationAttributes<NodeMinuteRow>> {
  nodeId: string
  at: Date
  /** Of the node; counts of another start have nothing to do with these. */
  startedAt: Date
  /** That it served; null: none. */
  revision: number | null
  requests: number
  errors: number
  durations: number[]
}

export interface NodeModels {
  nodes: ModelStatic<NodeRow>
  desired: ModelStatic<DesiredRow>
  nodeAcks: ModelStatic<NodeAckRow>
  nodeMinutes: ModelStatic<NodeMinuteRow>
}

export function defineNodes(sequelize: Sequelize): NodeModels {
  return {
    nodes: sequelize.define<NodeRow>('nodes', {
      id: { type: DataTypes.TEXT, primaryKey: true },
      labels: DataTypes.JSONB,
      tokenHash: DataTypes.CHAR(64),
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      sealingKey: DataTypes.TEXT,
      credentialsAt: DataTypes.DATE(3),
      lastHeartbeatAt: DataTypes.DATE(3),
      address: DataTypes.TEXT,
      heartbeat: DataTypes.JSONB,
      driftSince: DataTypes.DATE(3),
      drain: DataTypes.JSONB,
      presence: { type: DataTypes.TEXT, defaultValue: 'unknown' },
      toldBehind: { type: DataTypes.BOOLEAN, defaultValue: false }
    }),
    desired: sequelize.define<DesiredRow>('desired', {
      nodeId: { type: DataTypes.TEXT, primaryKey: true },
      epoch: DataTypes.UUID,
      revision: DataTypes.INTEGER,
      sha256: DataTypes.CHAR(64),
      setAt: { type: DataTypes.DATE(3), defaultValue: DataTypes.NOW }
    }),
    nodeAcks: sequelize.define<NodeAckRow>('node_acks', {
      nodeId: { type: DataTypes.TEXT, primaryKey: true },
      epoch: { type: DataTypes.UUID, primaryKey: true },
      revision: { type: DataTypes.INTEGER, primaryKey: true },
      ack: DataTypes.JSONB,
      receivedAt: DataTypes.DATE(3)
    }),
    nodeMinutes: sequelize.define<NodeMinuteRow>('node_minutes', {
      nodeId: { type: DataTypes.TEXT, primaryKey: true },
      at: { type: DataTypes.DATE(3), primaryKey: true },
      startedAt: DataTypes.DATE(3),
      revision: DataTypes.INTEGER,
      requests: DataTypes.BIGINT,
      errors: DataTypes.BIGINT,
      durations: DataTypes.JSONB
    })
  }
}
