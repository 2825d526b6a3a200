import { parseDocument } from 'yaml'
import { type ConfigurationFile, FILE_FORMAT, type FileEntry, type ReportLine } from '../../shared/configuration-file/configuration-file.ts'
import { FilePlaces, inFile } from '../../shared/configuration-file/file-places.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'
import { importYarp } from '../../shared/yarp/import-yarp.ts'
import { toPlain } from '../../shared/yarp/json-value.ts'
import { readJsonWithComments } from '../../shared/yarp/read-json-with-comments.ts'

export type ImportFormat = 'auto' | 'json' | 'yaml' | 'yarp'

export interface ReadFile {
  file: ConfigurationFile
  places: FilePlaces
  report: ReportLine[]
  issues: Issue[]
}

/** Anchors that a file may repeat: some more would be a bomb. */
const MOST_ALIASES = 100

/** Reads a configuration file of ours, as JSON or YAML, or settings of YARP. `auto` looks at what stands in it. */
export function readFile(text: string, format: ImportFormat): ReadFile {
  if (format === 'yarp' || (format === 'auto' && isYarp(text))) return importYarp(text)
  // JSON is YAML too, but takes a fraction of the time when it is read as what it is.
  if (format === 'json' || /^\s*[{[/]/.test(text)) {
    const json = readJsonWithComments(text)
    if ('value' in json) return entriesOf(toPlain(json.value))
    const { line, column, message } = json.problem
    if (format === 'json') return nothing(errorIssue('', 'invalid_file', `line ${line}, column ${column}: ${message}`))
  }
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  const [problem] = document.errors
  if (problem !== undefined) return nothing(errorIssue('', 'invalid_file', problem.message.split('\n')[0] ?? 'the file cannot be read'))
  try {
    return entriesOf(document.toJS({ maxAliasCount: MOST_ALIASES }))
  } catch (error) {
    return nothing(errorIssue('', 'invalid_file', (error as Error).message))
  }
}

/** Settings of .NET have a section of their own, or the names that YARP gives its two lists. */
function isYarp(text: string): boolean {
  return !text.includes(FILE_FORMAT) && /^\s*(\{|\/\/|\/\*)/.test(text) && /"(ReverseProxy|Routes|Clusters)"\s*:\s*\{/i.test(text)
}

function entriesOf(value: unknown): ReadFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return nothing(errorIssue('', 'invalid_file', 'the file must hold an object with ' + DRAFTED_KINDS.join(', ')))
  const { format, ...kinds } = value as Record<string, unknown>
  const result = nothing()
  if (format !== FILE_FORMAT) result.issues.push(errorIssue('/format', 'invalid_file', `format must be "${FILE_FORMAT}"`))
  for (const [name, entries] of Object.entries(kinds)) {
    const kind = DRAFTED_KINDS.find((one) => one === name)
    if (kind === undefined) result.issues.push(errorIssue(`/${name}`, 'unknown_field', `${name} is not known; there are ${DRAFTED_KINDS.join(', ')}`))
    else if (!Array.isArray(entries)) result.issues.push(errorIssue(`/${name}`, 'invalid_value', `${name} must be a list`))
    else for (const [index, entry] of entries.entries()) addEntry(result, kind, entry, `/${name}/${index}`)
  }
  return result
}

function addEntry(result: ReadFile, kind: DraftedKind, entry: unknown, path: string): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    result.issues.push(errorIssue(path, 'invalid_value', 'it must be an object'))
    return
  }
  result.file[kind].push(entry as FileEntry)
  result.places.add(kind, inFile(path))
}

function nothing(...issues: Issue[]): ReadFile {
  return { file: { listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }, places: new FilePlaces(), report: [], issues }
}
