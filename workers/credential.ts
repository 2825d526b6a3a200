import type { AcmeChallenge, TicketKey } from '../shared/schema/sealed.ts'

/** A certificate with its key, as threads use it. Lives in memory only; the disk has the sealed form. */
export interface Credential {
  id: string
  /** SHA-256 of the leaf certificate, in hex. */
  fingerprint256: string
  /** Leaf first. */
  certificatePem: string
  /** DNS names that it is for, maybe with a wildcard. */
  names: string[]
  /** TLS policies with ACME use it without naming it. */
  byAcme?: boolean
  privateKeyPem: string
}

/** What threads may know that nobody else may. Plain data. */
export interface NodeSecrets {
  certificates: Credential[]
  /** In base64; null while the control plane has given none. */
  fleetKey: string | null
  /** Of the days around this one. */
  ticketKeys?: TicketKey[]
  /** What certificate authorities are answered at the moment. */
  challenges?: AcmeChallenge[]
  /** Values by name. */
  secrets?: { name: string; value: string }[]
}

export const NO_SECRETS: NodeSecrets = { certificates: [], fleetKey: null }
