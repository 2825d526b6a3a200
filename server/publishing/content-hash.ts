import { createHash } from 'node:crypto'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'

/** The text that is stored and hashed. */
export interface HashedContent {
  content: SnapshotContent
  text: string
  sha256: string
}

/** Canonical JSON of a content and its sha256 in hex. */
export function hashContent(content: SnapshotContent): HashedContent {
  const text = canonicalJson(content)
  return { content, text, sha256: createHash('sha256').update(text, 'utf8').digest('hex') }
}
