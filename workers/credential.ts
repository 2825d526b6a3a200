/** A certificate with its key, as threads use it. Lives in memory only; the disk has the sealed form. */
export interface Credential {
  id: string
  /** SHA-256 of the leaf certificate, in hex. */
  fingerprint256: string
  /** Leaf first. */
  certificatePem: string
  privateKeyPem: string
}

/** What threads may know that nobody else may. Plain data. */
export interface NodeSecrets {
  certificates: Credential[]
  /** In base64; null while the control plane has given none. */
  fleetKey: string | null
}

export const NO_SECRETS: NodeSecrets = { certificates: [], fleetKey: null }
