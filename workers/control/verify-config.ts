import { createHash } from 'node:crypto'
import { errorIssue, hasErrors, type Issue } from '../../shared/schema/issue.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { decodeSnapshot } from '../../shared/snapshot/decode-snapshot.ts'
import { validateContent } from '../../shared/snapshot/validate.ts'
import { decodeDesired } from './decode-desired.ts'

/** What became of an answer of the control plane. */
export type VerifiedConfig =
  | { kind: 'good'; desired: Desired; snapshot: Snapshot; verifiedAt: string }
  /** `final`: asking again would bring the same; a body that was damaged on the way would not. */
  | { kind: 'refused'; desired: Desired; issues: Issue[]; verifiedAt: string; final: boolean }
  /** Not even readable as to what it wants. */
  | { kind: 'unreadable'; reason: string }

/** Checks a NodeConfig: it is what it says it is, its hash fits, every resource decodes, every rule holds. */
export function verifyConfig(body: unknown, now: () => Date): VerifiedConfig {
  const { desired: wanted, snapshot } = (body ?? {}) as Record<string, unknown>
  const desired = decodeDesired(wanted)
  if (desired === null) return { kind: 'unreadable', reason: 'the answer has no "desired" with epoch, revision and sha256' }
  const verifiedAt = now().toISOString()
  const hashIssue = compareHash(snapshot, desired)
  if (hashIssue !== null) return { kind: 'refused', desired, issues: [hashIssue], verifiedAt, final: false }
  const decoded = decodeSnapshot(snapshot)
  if (!decoded.ok) return { kind: 'refused', desired, issues: decoded.issues, verifiedAt, final: true }
  const { epoch, revision, sha256 } = decoded.value
  if (epoch !== desired.epoch || revision !== desired.revision || sha256 !== desired.sha256) {
    const issue = errorIssue('', 'snapshot_mismatch', `the answer holds revision ${revision}, revision ${desired.revision} is desired`)
    return { kind: 'refused', desired, issues: [issue], verifiedAt, final: false }
  }
  const issues = validateContent(decoded.value.content)
  if (hasErrors(issues)) return { kind: 'refused', desired, issues, verifiedAt, final: true }
  return { kind: 'good', desired, snapshot: decoded.value, verifiedAt }
}

function compareHash(snapshot: unknown, desired: Desired): Issue | null {
  const { content } = (snapshot ?? {}) as Record<string, unknown>
  const actual = createHash('sha256').update(canonicalJson(content ?? null)).digest('hex')
  return actual === desired.sha256 ? null : errorIssue('', 'hash_mismatch', `the content has the sha256 ${actual}, ${desired.sha256} is desired`)
}
