/** A certificate with its key, as threads use it. Lives in memory only; the disk has the sealed form. */
export interface Credential {
  id: string
  /** SHA-256 of the leaf certificate, in hex. */
  fingerprint256: string
  /** Leaf first. */
  certificatePem: string
  privateKeyPem: string
}
