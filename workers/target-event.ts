/** What happened to the health of a target, for people to read. */
export interface TargetEvent {
  /** Taken out and let back in by what happened to requests, or by what probes found. */
  kind: 'target_ejected' | 'target_readmitted' | 'target_unhealthy' | 'target_healthy'
  /** ISO 8601. */
  at: string
  upstreamId: string
  upstreamName: string
  targetId: string
  reason: string
}
