import { DataTypes, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { CertificateFacts } from '../../shared/schema/certificate.ts'

/** `sealedKey` opens with SECRETS_KEY only; `keyId` tells with which one. */
export interface CertificateRow extends Model<InferAttributes<CertificateRow>, InferCreationAttributes<CertificateRow>> {
  id: string
  name: string
  tenantCode: string | null
  description: string | null
  labels: Record<string, string>
  source: 'uploaded' | 'acme' | 'selfSigned'
  certificatePem: string
  sealedKey: string
  keyId: string
  facts: CertificateFacts
  notAfter: Date
  fingerprint256: string
  version: number
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
  deletedAt: Date | null
  /** The one whose key was on a node that was revoked. */
  exposedFingerprint256: CreationOptional<string | null>
  exposedAt: CreationOptional<Date | null>
  /** That node. */
  exposedBy: CreationOptional<string | null>
}

export function defineCertificates(sequelize: Sequelize): { certificates: ModelStatic<CertificateRow> } {
  return {
    certificates: sequelize.define<CertificateRow>('certificates', {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: DataTypes.TEXT,
      tenantCode: DataTypes.TEXT,
      description: DataTypes.TEXT,
      labels: DataTypes.JSONB,
      source: DataTypes.TEXT,
      certificatePem: DataTypes.TEXT,
      sealedKey: DataTypes.TEXT,
      keyId: DataTypes.CHAR(16),
      facts: DataTypes.JSONB,
      notAfter: DataTypes.DATE(3),
      fingerprint256: DataTypes.CHAR(64),
      version: DataTypes.INTEGER,
      createdBy: DataTypes.TEXT,
      createdAt: DataTypes.DATE(3),
      updatedBy: DataTypes.TEXT,
      updatedAt: DataTypes.DATE(3),
      deletedAt: DataTypes.DATE(3),
      exposedFingerprint256: DataTypes.CHAR(64),
      exposedAt: DataTypes.DATE(3),
      exposedBy: DataTypes.TEXT
    })
  }
}
