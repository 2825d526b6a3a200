import type { SealedCertificate } from './open-sealed.ts'

export interface SealedCredentials {
  /** Tells the control plane what this node has. */
  hash: string
  certificates: SealedCertificate[]
}

const MOST = 10_000

/** What came over the network or from the disk, or null when it is something else. */
export function decodeSealed(value: unknown): SealedCredentials | null {
  const { hash, certificates } = (value ?? {}) as Record<string, unknown>
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || !Array.isArray(certificates) || certificates.length > MOST) return null
  const decoded: SealedCertificate[] = []
  for (const item of certificates as unknown[]) {
    const { id, fingerprint256, sealed } = (item ?? {}) as Record<string, unknown>
    if (typeof id !== 'string' || typeof fingerprint256 !== 'string' || typeof sealed !== 'string') return null
    decoded.push({ id, fingerprint256, sealed })
  }
  return { hash, certificates: decoded }
}
