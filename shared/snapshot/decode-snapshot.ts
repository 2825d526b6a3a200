import { type Decoded, errorIssue, type Issue } from '../schema/issue.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'
import { type Snapshot, type SnapshotContent, SnapshotHead, SUPPORTED_SCHEMA_VERSIONS } from '../schema/snapshot.ts'
import { fieldDecoder } from './compile-decoder.ts'
import { createContext, type DecodeContext, isFull, MAX_ISSUES_PER_RESOURCE, report } from './decode-context.ts'
import { identifiedDecoders } from './decode-resource.ts'

/** Most issues told about a whole snapshot. */
const MAX_ISSUES = 1000
/** Kinds that came after the first snapshots were published. */
const LATER_KINDS: ReadonlySet<DraftedKind> = new Set(['providers', 'tlsPolicies', 'policies'])
const decodeHead = fieldDecoder(SnapshotHead)

/**
 * A snapshot from the wire or from disk. A version of the content that this program does not know is the one
 * issue `schema_version_unsupported`, without a look at the rest. Whoever calls compares the hash.
 */
export function decodeSnapshot(input: unknown): Decoded<Snapshot> {
  if (!isObject(input)) return refused([errorIssue('', 'invalid_value', 'a snapshot must be an object')])
  const { content, ...head } = input
  const version = head['schemaVersion']
  if (typeof version === 'number' && !SUPPORTED_SCHEMA_VERSIONS.includes(version)) {
    const known = SUPPORTED_SCHEMA_VERSIONS.join(', ')
    return refused([errorIssue('/schemaVersion', 'schema_version_unsupported', `schema version ${version} is not one this program knows (${known}); upgrade it first`)])
  }
  const context = createContext()
  const decodedHead = decodeHead(head, context) as SnapshotHead
  context.path.push('content')
  const decodedContent = decodeContentAt(content, context)
  if (context.issues.length > 0) return refused(context.issues)
  return { ok: true, value: { ...decodedHead, content: decodedContent }, issues: [] }
}

/** The content of a snapshot; at most 1000 issues, at most 100 of one resource. Order is kept. */
export function decodeContent(input: unknown): Decoded<SnapshotContent> {
  const context = createContext()
  const content = decodeContentAt(input, context)
  return context.issues.length > 0 ? refused(context.issues) : { ok: true, value: content, issues: [] }
}

function decodeContentAt(input: unknown, context: DecodeContext): SnapshotContent {
  const content: Record<DraftedKind, unknown[]> = { listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }
  context.limit = MAX_ISSUES
  if (isObject(input)) {
    for (const kind of DRAFTED_KINDS) content[kind] = decodeKind(kind, input, context)
    for (const name of Object.keys(input)) {
      if (!Object.hasOwn(content, name)) report(context, 'unknown_field', 'there is no such kind of resource in a snapshot', name)
    }
  } else report(context, 'invalid_value', 'content must be an object')
  return content as unknown as SnapshotContent
}

function decodeKind(kind: DraftedKind, input: Record<string, unknown>, context: DecodeContext): unknown[] {
  const list = Object.hasOwn(input, kind) ? input[kind] : LATER_KINDS.has(kind) ? [] : undefined
  if (!Array.isArray(list)) {
    report(context, list === undefined ? 'required' : 'invalid_value', `${kind} must be a list`, kind)
    return []
  }
  const decode = identifiedDecoders[kind]
  const resources: unknown[] = []
  context.path.push(kind)
  for (let index = 0; index < list.length; index++) {
    context.limit = MAX_ISSUES
    if (isFull(context)) break
    context.limit = Math.min(MAX_ISSUES, context.issues.length + MAX_ISSUES_PER_RESOURCE)
    context.path.push(index)
    resources.push(decode(list[index], context))
    context.path.pop()
  }
  context.path.pop()
  context.limit = MAX_ISSUES
  return resources
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

function refused<T>(issues: Issue[]): Decoded<T> {
  return { ok: false, issues }
}
