import type { Desired, Heartbeat } from '../../shared/schema/node-api.ts'
import type { Snapshot } from '../../shared/schema/snapshot.ts'

/** A verified snapshot that may be served. */
export interface Candidate {
  snapshot: Snapshot
  source: Exclude<Heartbeat['source'], 'none'>
  verifiedAt: string
}

export function desiredOf({ epoch, revision, sha256 }: Snapshot): Desired {
  return { epoch, revision, sha256 }
}
