import { styleText } from 'node:util'

type Color = 'cyan' | 'green' | 'magenta' | 'yellow' | 'blue' | 'gray'

const COLORS: Record<string, Color> = {
  up: 'cyan', 'control-web': 'green', 'control-jobs': 'magenta', 'data-node': 'yellow', postgres: 'blue', redis: 'blue'
}
const LEVELS: Record<string, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }
const LEVEL_COLORS: Record<string, 'red' | 'yellow'> = { FATAL: 'red', ERROR: 'red', WARN: 'yellow' }
// Said by the prefix, or the same in every line.
const LEFT_OUT = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name', 'v'])
const NAME_WIDTH = 12
const VALUE_LENGTH = 300

/** One line for a person, from a line of pino's JSON or from any other line, with the process's name before it. */
export function formatLogLine(name: string, line: string, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string => (color ? styleText(style, text, { validateStream: false }) : text)
  const prefix = paint(COLORS[name] ?? 'gray', name.padEnd(NAME_WIDTH))
  const entry = parseEntry(line)
  if (entry === null) return `${prefix} ${line}`
  const level = LEVELS[entry.level] ?? String(entry.level).toUpperCase()
  const levelText = paint(LEVEL_COLORS[level] ?? 'gray', level.padEnd(5))
  const fields = Object.entries(entry).filter(([key]) => !LEFT_OUT.has(key)).map(([key, value]) => `${paint('gray', `${key}=`)}${show(value)}`)
  return [prefix, timeOfDay(entry.time), levelText, ...typeof entry.msg === 'string' ? [entry.msg] : [], ...fields].join(' ')
}

interface Entry { level: number | string; time: number | string; msg?: unknown; [field: string]: unknown }

function parseEntry(line: string): Entry | null {
  if (!line.startsWith('{')) return null
  try {
    const entry = JSON.parse(line) as Partial<Entry>
    return entry.level !== undefined && entry.time !== undefined ? entry as Entry : null
  } catch {
    return null
  }
}

function timeOfDay(time: number | string): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : messageOf(value) ?? JSON.stringify(value)
  const short = text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}...` : text
  return /[\s"]/.test(short) ? JSON.stringify(short) : short
}

// pino writes an error as an object with its type, message and stack.
function messageOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('stack' in value) || !('message' in value)) return null
  return String(value.message)
}
