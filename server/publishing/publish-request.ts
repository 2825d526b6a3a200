import type { Issue } from '../../shared/schema/issue.ts'
import type { RecordedEvent } from '../events/record-event.ts'
import type { PublishOptions } from '../../shared/schema/publish.ts'

export interface PublishRequest extends PublishOptions {
  /** The live revision the person looked at; 0 before the first publish. */
  expectedRevision: number
  /** What was validated. */
  expectedDraftHash: string
  /** The resources that are taken from the draft; undefined: all. */
  only?: readonly string[] | undefined
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
  /** Only those nodes should serve it until it is promoted; absent: no canary. */
  canary?: { nodes: string[]; holdSeconds: number }
  /** When it goes back by itself unless it is confirmed; absent: never. */
  confirmUntil?: string
}

/** A publish that waits for a second person. */
export interface Proposed {
  proposalId: string
  sha256: string
  issues: Issue[]
}

/** What became of a publish, as far as its transaction knows; `told` are the events that follow its commit. */
export type Outcome = Omit<Published, 'announced'> & { told?: RecordedEvent[] }
