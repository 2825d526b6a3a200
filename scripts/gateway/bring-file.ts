import type { Imported } from '../../shared/configuration-file/configuration-file.ts'
import type { ApiClient } from './api-client.ts'
import type { Output } from './output.ts'

export interface FileToBring {
  text: string
  format: 'auto' | 'yarp'
  mode: 'merge' | 'replace'
  dryRun: boolean
}

/** Options of every command that brings a file into the draft. */
export const FILE_OPTIONS = {
  file: { short: 'f', value: 'FILE', help: 'YAML or JSON; "-" is standard input' },
  replace: { help: 'take out of the draft what the file does not name' }
} as const

/** Brings a file into the draft, all of it or nothing, and tells warnings on the way. @throws Failure with the place of every error in the file */
export async function bringFile(api: ApiClient, out: Output, file: FileToBring): Promise<Imported> {
  const imported = await api.send<Imported>('POST', '/config/import', file)
  out.issues(imported.issues)
  for (const { kind, path, message } of imported.report) out.note(`${kind} ${path || '/'} ${message}`)
  return imported
}

/** The changes of an import as a table. */
export function tellImported(out: Output, imported: Imported): void {
  const rows = (['created', 'updated', 'deleted'] as const).flatMap((change) =>
    Object.entries(imported[change]).flatMap(([kind, names]) => names.map((name) => [change, kind, name])))
  const unchanged = Object.values(imported.unchanged).reduce((sum, names) => sum + names.length, 0)
  if (rows.length > 0) out.table(['change', 'kind', 'name'], rows)
  out.line(`${rows.length} ${imported.dryRun ? 'would change' : 'changed'}, ${unchanged} unchanged`)
}
