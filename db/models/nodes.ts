import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { Ack, Heartbeat } from '../../shared/schema/node-api.ts'

export interface NodeRow extends Model<InferAttributes<NodeRow>, InferCreationAttributes<NodeRow>> {
  id: string
  labels: Record<string, string>
  tokenHash: string
  createdBy: string
  createdAt: Date
  /** Raw X25519 public key in base64. */
  sealingKey: CreationOptional<string | null>
  lastHeartbeatAt: CreationOptional<Date | null>
  heartbeat: CreationOptional<Heartbeat | null>
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

export interface NodeModels {
  nodes: ModelStatic<NodeRow>
  desired: ModelStatic<DesiredRow>
  nodeAcks: ModelStatic<NodeAckRow>
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
      lastHeartbeatAt: DataTypes.DATE(3),
      heartbeat: DataTypes.JSONB
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
    })
  }
}
