import { stripVTControlCharacters, styleText } from 'node:util'
import type { Issue } from '../../shared/schema/issue.ts'

type Cell = string | number | null | undefined
type Style = Parameters<typeof styleText>[0]

/** Where a command speaks: answers to standard output, everything on the way to standard error. */
export interface Output {
  /** --json was given: tell `json` and nothing else to standard output. */
  readonly isJson: boolean
  json(value: unknown): void
  line(text: string): void
  /** As it is, without a line end of our own: files. */
  raw(text: string): void
  table(columns: readonly string[], rows: readonly (readonly Cell[])[]): void
  issues(issues: readonly Issue[]): void
  /** Progress, on standard error. */
  note(text: string): void
  paint(style: Style, text: string): string
}

/** Colours only where a terminal shows them, and not with NO_COLOR. */
export function createOutput(isJson: boolean, stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output {
  const paint = (style: Style, text: string): string => styleText(style, text, { stream: stdout, validateStream: true })
  const line = (text: string): void => void stdout.write(`${text}\n`)
  const note = (text: string): void => void stderr.write(`${text}\n`)
  return {
    isJson,
    paint,
    line,
    note,
    raw: (text) => void stdout.write(text),
    json: (value) => line(JSON.stringify(value, null, 2)),
    table(columns, rows) {
      for (const text of tableLines(columns, rows, (head) => paint('bold', head))) line(text)
    },
    issues(issues) {
      for (const { severity, path, code, message } of issues) {
        note(`${severity === 'error' ? styleText('red', 'error', { stream: stderr }) : styleText('yellow', 'warning', { stream: stderr })} ${printable(path) || '/'} ${printable(message)} (${printable(code)})`)
      }
    }
  }
}

/** Text of somebody else without what would steer a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, ' ')
}

/** Left-aligned columns, two spaces apart. */
export function tableLines(columns: readonly string[], rows: readonly (readonly Cell[])[], head = (text: string) => text): string[] {
  const cells = rows.map((row) => row.map((cell) => printable(cell === null || cell === undefined || cell === '' ? '-' : String(cell))))
  const widths = columns.map((column, index) => Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)))
  const lineOf = (row: readonly string[]): string => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd()
  return [head(lineOf(columns.map((column) => column.toUpperCase()))), ...cells.map(lineOf)]
}
