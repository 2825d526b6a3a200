import type { FileEntry } from '../configuration-file/configuration-file.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import type { ImportReport } from './section.ts'

/** Before keys of Metadata that hold what YARP has no field for: JSON of a field of ours. */
export const GATEWAY_PREFIX = 'Gateway.'
/** These have fields in YARP, so that Metadata can take none of them away. */
const NEVER_OVERRIDDEN: ReadonlySet<string> = new Set(['name', 'upstream', 'authorizationPolicy', 'rateLimiterPolicy', 'corsPolicy'])
const LABEL_KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/
const MOST_LABEL_CHARACTERS = 256

type Metadata = Readonly<Record<string, string>>

/** The fields that an export of ours put into Metadata; undefined takes a field out. */
export function metadataOverrides(metadata: Metadata, path: string, report: ImportReport): FileEntry {
  const fields: FileEntry = {}
  for (const [key, text] of Object.entries(metadata)) {
    if (!key.startsWith(GATEWAY_PREFIX)) continue
    const field = key.slice(GATEWAY_PREFIX.length)
    try {
      const value: unknown = JSON.parse(text)
      if (NEVER_OVERRIDDEN.has(field)) report.issue(path + jsonPointer([key]), `${field} has a field of its own; take ${key} out`)
      else fields[field] = value === null ? undefined : value
    } catch {
      report.issue(path + jsonPointer([key]), `${key} must hold JSON`)
    }
  }
  return fields
}

/** Metadata as labels, without the keys that mean something; what can be none is told. */
export function labelsOf(metadata: Metadata, path: string, report: ImportReport, meaningful: readonly string[] = []): Record<string, string> {
  const kept = Object.entries(metadata).filter(([key, value]) => {
    if (key.startsWith(GATEWAY_PREFIX) || meaningful.includes(key)) return false
    if (LABEL_KEY.test(key) && value.length <= MOST_LABEL_CHARACTERS) return true
    report.line(path + jsonPointer([key]), 'loss', `"${key}" fits no label: 1 to 63 letters, digits or ._/-, and at most ${MOST_LABEL_CHARACTERS} characters`)
    return false
  })
  return Object.fromEntries(kept)
}

/** Labels as Metadata, without those that would mean something there. */
export function plainMetadata(labels: Metadata, meaningful: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith(GATEWAY_PREFIX) && !meaningful.includes(key)))
}
