import { type CreationOptional, DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { CanarySettings, PublishOptions } from '../../shared/schema/publish.ts'
import type { Served } from '../../shared/traffic/served.ts'

/** A publish whose fate is not decided yet, or was. */
export interface HoldRow extends Model<InferAttributes<HoldRow>, InferCreationAttributes<HoldRow>> {
  epoch: string
  revision: number
  /** The revision whose content comes back when it does not hold. */
  restores: number
  /** The tenants its publisher was kept within; null: none. */
  tenants: string[] | null
  createdBy: string
  createdAt: Date
  /** null: no confirmation is waited for. */
  confirmUntil: CreationOptional<Date | null>
  confirmedBy: CreationOptional<string | null>
  /** null: it went to every node at once. */
  canary: CreationOptional<CanarySettings | null>
  /** null until every canary node serves it. */
  holdUntil: CreationOptional<Date | null>
  promotedAt: CreationOptional<Date | null>
  /** null while it is undecided. */
  outcome: CreationOptional<'kept' | 'rolled_back' | 'superseded' | null>
  outcomeAt: CreationOptional<Date | null>
  outcomeBy: CreationOptional<string | null>
  reason: CreationOptional<string | null>
  /** The new revision with the content before. */
  restored: CreationOptional<number | null>
}

export interface CanaryNodeRow extends Model<InferAttributes<CanaryNodeRow>, InferCreationAttributes<CanaryNodeRow>> {
  epoch: string
  revision: number
  nodeId: string
  /** In the minutes before. */
  before: Served
  /** Its counts when it first served the revision, and the start of the node they belong to; null: it does not yet. */
  since: CreationOptional<{ served: Served | null; startedAt: string } | null>
  /** Since when it is silent while others are heard of. */
  awaySince: CreationOptional<Date | null>
}

/** A publish that a second person decides about. */
export interface ProposalRow extends Model<InferAttributes<ProposalRow>, InferCreationAttributes<ProposalRow>> {
  id: string
  proposedBy: string
  /** The person behind, also where a token proposed. */
  proposer: string
  proposedAt: Date
  expectedRevision: number
  sha256: string
  content: string
  request: PublishOptions
  tenants: string[] | null
  state: 'pending' | 'approved' | 'rejected'
  decidedBy: CreationOptional<string | null>
  decidedAt: CreationOptional<Date | null>
  reason: CreationOptional<string | null>
  /** That it became. */
  revision: CreationOptional<number | null>
}

export interface GuardedPublishingModels {
  holds: ModelStatic<HoldRow>
  canaryNodes: ModelStatic<CanaryNodeRow>
  proposals: ModelStatic<ProposalRow>
}

export function defineGuardedPublishing(sequelize: Sequelize): GuardedPublishingModels {
  const key = { epoch: { type: DataTypes.UUID, primaryKey: true }, revision: { type: DataTypes.INTEGER, primaryKey: true } }
  return {
    holds: sequelize.define<HoldRow>('publish_holds', {
      ...key,
      restores: DataTypes.INTEGER,
      tenants: DataTypes.ARRAY(DataTypes.TEXT),
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      confirmUntil: DataTypes.DATE(3),
      confirmedBy: DataTypes.TEXT,
      canary: DataTypes.JSONB,
      holdUntil: DataTypes.DATE(3),
      promotedAt: DataTypes.DATE(3),
      outcome: DataTypes.TEXT,
      outcomeAt: DataTypes.DATE(3),
      outcomeBy: DataTypes.TEXT,
      reason: DataTypes.TEXT,
      restored: DataTypes.INTEGER
    }),
    canaryNodes: sequelize.define<CanaryNodeRow>('canary_nodes', {
      ...key,
      nodeId: { type: DataTypes.TEXT, primaryKey: true },
      before: DataTypes.JSONB,
      since: DataTypes.JSONB,
      awaySince: DataTypes.DATE(3)
    }),
    proposals: sequelize.define<ProposalRow>('publish_proposals', {
      id: { type: DataTypes.UUID, primaryKey: true },
      proposedBy: DataTypes.TEXT,
      proposer: DataTypes.TEXT,
      proposedAt: DataTypes.DATE(3),
      expectedRevision: DataTypes.INTEGER,
      sha256: DataTypes.CHAR(64),
      content: DataTypes.TEXT,
      request: DataTypes.JSONB,
      tenants: DataTypes.ARRAY(DataTypes.TEXT),
      state: DataTypes.TEXT,
      decidedBy: DataTypes.TEXT,
      decidedAt: DataTypes.DATE(3),
      reason: DataTypes.TEXT,
      revision: DataTypes.INTEGER
    })
  }
}
