/** What happened to the health of a target, for people to read. */
export interface TargetEvent {
  kind: 'target_ejected' | 'target_readmitted'
  /** ISO 8601. */
  at: string
  upstreamId: string
  upstreamName: string
  targetId: string
  reason: string
}
