import type { Issue } from '../schema/issue.ts'
import type { DraftedKind } from '../schema/resource.ts'

/** What stands in the field `format` of a configuration file. */
export const FILE_FORMAT = 'open-gateway/1'

/** A resource in a file: its spec without an id; routes name their listeners and upstreams by name. */
export type FileEntry = Record<string, unknown>

/** A configuration as a file has it. */
export type ConfigurationFile = Record<DraftedKind, FileEntry[]>

/** Something that was read in another way than it was written, or not at all. `path` points into the user's file. */
export interface ReportLine {
  path: string
  kind: 'loss' | 'change' | 'note'
  message: string
}

/** Names of resources. */
export type NamesByKind = Record<DraftedKind, string[]>

/** What a file did to the draft, or would do. */
export interface Imported {
  dryRun: boolean
  created: NamesByKind
  updated: NamesByKind
  deleted: NamesByKind
  unchanged: NamesByKind
  report: ReportLine[]
  issues: Issue[]
}
