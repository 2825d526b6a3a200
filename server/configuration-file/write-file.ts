import { stringify } from 'yaml'
import { FILE_FORMAT, type ReportLine } from '../../shared/configuration-file/configuration-file.ts'
import { fileOfContent } from '../../shared/configuration-file/file-of-content.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { exportYarp } from '../../shared/yarp/export-yarp.ts'

export type ExportFormat = 'json' | 'yaml' | 'yarp'

/** The configuration as the text of a file, and what the format cannot say. */
export function writeFile(content: SnapshotContent, format: ExportFormat): { text: string; report: ReportLine[] } {
  if (format === 'yarp') {
    const { document, report } = exportYarp(content)
    return { text: `${JSON.stringify(document, null, 2)}\n`, report }
  }
  const file = { format: FILE_FORMAT, ...fileOfContent(content) }
  return { text: format === 'json' ? `${JSON.stringify(file, null, 2)}\n` : stringify(file, { lineWidth: 0 }), report: [] }
}
