import { createHash } from 'node:crypto'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { decodeSnapshot } from '../../shared/snapshot/decode-snapshot.ts'

/** Version of the file around the snapshot; the snapshot has its own schemaVersion. */
const FORMAT = 1

/** What a snapshot file holds. */
export interface StoredSnapshot {
  snapshot: Snapshot
  /** When the node compared the content with its hash, ISO 8601. */
  verifiedAt: string
}

/** Two lines of JSON: what the second one must be, and the second one. */
export function encodeSnapshotFile(stored: StoredSnapshot): Buffer {
  const body = Buffer.from(JSON.stringify(stored))
  const head = JSON.stringify({ format: FORMAT, bytes: body.length, sha256: sha256(body) })
  return Buffer.concat([Buffer.from(`${head}\n`), body, Buffer.from('\n')])
}

/** The stored snapshot, or in words why the file cannot be trusted. */
export function decodeSnapshotFile(file: Buffer): StoredSnapshot | string {
  const lineEnd = file.indexOf('\n')
  if (lineEnd < 0) return file.length === 0 ? 'it is empty' : 'its first line is cut off'
  const head = parse(file.subarray(0, lineEnd))
  if (typeof head !== 'object' || head === null) return 'its first line is damaged'
  const { format, bytes, sha256: expected } = head as Record<string, unknown>
  if (format !== FORMAT) return `its format is ${String(format).slice(0, 20)}, this program knows ${FORMAT}`
  const body = file.subarray(lineEnd + 1, -1)
  if (body.length !== bytes || file.at(-1) !== 0x0a) return `it has ${Math.max(0, body.length)} bytes instead of ${String(bytes).slice(0, 20)}`
  if (sha256(body) !== expected) return 'its checksum differs'
  return decodeBody(parse(body))
}

function decodeBody(body: unknown): StoredSnapshot | string {
  const { snapshot, verifiedAt } = (body ?? {}) as Record<string, unknown>
  const decoded = decodeSnapshot(snapshot)
  if (!decoded.ok) return decoded.issues.map((issue) => `${issue.path} ${issue.message}`).slice(0, 3).join('; ')
  return { snapshot: decoded.value, verifiedAt: String(verifiedAt) }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
