/** Which nodes get a revision first, and by what they may get worse; either nodes or percent. */
export interface CanaryRequest {
  nodes?: string[]
  percent?: number
  holdSeconds: number
  maxErrorRateIncrease: number
  maxLatencyFactor: number
}

/** What makes a publish go back by itself when it should not stay. */
export interface Careful {
  canary?: CanaryRequest
  confirmWithinSeconds?: number
}
interface HoldFigures {
  requests: number
  errors: number
  p99Ms: number | null
}
export interface Hold {
  revision: number
  restores: number
  confirmUntil: string | null
  confirmedBy: string | null
  canary: { nodes: string[]; holdUntil: string | null; promotedAt: string | null; figures: { nodeId: string; before: HoldFigures; now: HoldFigures }[] } | null
  outcome: 'kept' | 'rolled_back' | 'superseded' | null
  outcomeBy: string | null
  reason: string | null
  /** The new revision with the content before. */
  restored: number | null
  /** It concerns one's own tenants alone. */
  own: boolean
}
