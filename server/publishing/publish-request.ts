import type { Issue } from '../../shared/schema/issue.ts'

export interface PublishRequest {
  /** The live revision the person looked at; 0 before the first publish. */
  expectedRevision: number
  /** The draft that was validated. */
  expectedDraftHash: string
  note: string
  acknowledgeRollback: boolean
  /** Publish although the draft or the revision moved on, or nodes are too old; noted in the audit. */
  force: boolean
}

export interface Published {
  epoch: string
  revision: number
  sha256: string
  unchanged: boolean
  issues: Issue[]
  nodes: string[]
  /** Whether the nodes were nudged; else they poll. */
  announced: boolean
}
