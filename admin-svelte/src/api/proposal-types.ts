import type { ResourceChange } from '../../../shared/schema/resource-change.ts'

/** A publish that waits for the approval of a second person. */
export interface ProposedAnswer {
  proposalId: string
}
export interface Proposal {
  id: string
  state: 'pending' | 'approved' | 'rejected'
  proposedBy: string
  isOwn: boolean
  proposedAt: string
  /** The revision that was live; the proposal is void when another one is. */
  expectedRevision: number
  sha256: string
  request: { note: string; canary?: { nodes?: string[]; percent?: number; holdSeconds: number }; confirmWithinSeconds?: number }
  tenants: string[] | null
  decidedBy: string | null
  decidedAt: string | null
  reason: string | null
  revision: number | null
}
/** A resource as a file of the configuration has it. */
export interface AddedResource {
  id: string
  entry: unknown
}
export interface ProposalWithChanges extends Proposal {
  /** The revision that the changes are against; 0: nothing. */
  against: number
  changes: ResourceChange[]
  added: AddedResource[]
}
export interface ProposalsAnswer {
  /** Whether a publish waits for a second person. */
  required: boolean
  /** Newest first. */
  items: Proposal[]
}
