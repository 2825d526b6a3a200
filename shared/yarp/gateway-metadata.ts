import type { FileEntry } from '../configuration-file/configuration-file.ts'
import type { ImportReport } from './section.ts'

/** Before keys of Metadata that hold what YARP has no field for: JSON of a field of ours. */
export const GATEWAY_PREFIX = 'Gateway.'

/** The fields that an export of ours put into Metadata; undefined takes a field out. */
export function metadataOverrides(metadata: Readonly<Record<string, string>>, path: string, report: ImportReport): FileEntry {
  const fields: FileEntry = {}
  for (const [key, text] of Object.entries(metadata)) {
    if (!key.startsWith(GATEWAY_PREFIX)) continue
    try {
      const value: unknown = JSON.parse(text)
      fields[key.slice(GATEWAY_PREFIX.length)] = value === null ? undefined : value
    } catch {
      report.issue(`${path}/${key}`, `${key} must hold JSON`)
    }
  }
  return fields
}
