import type { ReportLine } from '../configuration-file/configuration-file.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import { nearestName } from '../snapshot/nearest-name.ts'
import { type JsonMap, type JsonValue, toPlain } from './json-value.ts'
import { parseTimeSpan } from './time-span.ts'

/** What is wrong or lost on the way; `issue` stops the import. */
export interface ImportReport {
  line(path: string, kind: ReportLine['kind'], message: string): void
  issue(path: string, message: string): void
}

/** An object of a settings file as .NET binds it: letter case of keys is ignored, and numbers and flags may be texts. */
export class Section {
  readonly path: string
  readonly #map: JsonMap
  readonly #keys: ReadonlyMap<string, string>
  readonly #asked = new Set<string>()
  readonly #report: ImportReport

  constructor(map: JsonMap, path: string, report: ImportReport) {
    this.path = path
    this.#map = map
    this.#keys = new Map([...map.keys()].map((key) => [key.toLowerCase(), key]))
    this.#report = report
  }

  /** The value of a key as it is; undefined where it is absent or null. */
  value(name: string): JsonValue | undefined {
    this.#asked.add(name)
    const key = this.#keys.get(name.toLowerCase())
    return key === undefined ? undefined : this.#map.get(key) ?? undefined
  }

  /** Pointer to a key, as the file writes it. */
  at(name: string): string {
    return this.path + jsonPointer([this.#keys.get(name.toLowerCase()) ?? name])
  }

  text(name: string): string | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (typeof value === 'object') return this.#wrong(name, 'a text')
    return String(value)
  }

  /** One of these words, letter case ignored, as they are spelled here. */
  word(name: string, words: readonly string[]): string | undefined {
    const text = this.text(name)?.trim()
    if (text === undefined || text === '') return undefined
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase())
    if (found !== undefined) return found
    const near = nearestName(text, words)
    return this.#wrong(name, `one of ${words.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`)
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name)?.trim().toLowerCase()
    if (text === undefined || text === '') return undefined
    return text === 'true' ? true : text === 'false' ? false : this.#wrong(name, 'true or false')
  }

  number(name: string): number | undefined {
    const text = this.text(name)?.trim()
    if (text === undefined || text === '') return undefined
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : this.#wrong(name, 'a number')
  }

  /** Milliseconds of a TimeSpan. */
  span(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined || text === '') return undefined
    return parseTimeSpan(text) ?? this.#wrong(name, 'a time span such as 00:01:40')
  }

  /** A TimeSpan in whole seconds, at least one; told where that is another time than the file's. */
  seconds(name: string): number | undefined {
    return this.#whole(name, 1000, (count) => `whole seconds here: ${count} s`)
  }

  /** A TimeSpan in whole milliseconds, in the same way. */
  milliseconds(name: string): number | undefined {
    return this.#whole(name, 1, (count) => `whole milliseconds here: ${count} ms`)
  }

  #whole(name: string, unitMs: number, kept: (count: number) => string): number | undefined {
    const ms = this.span(name)
    if (ms === undefined) return undefined
    if (ms <= 0) return this.#wrong(name, 'a time span above zero')
    const count = Math.max(1, Math.round(ms / unitMs))
    if (count * unitMs !== ms) this.#report.line(this.at(name), 'change', `${name} is kept in ${kept(count)}`)
    return count
  }

  /** A list of texts (also numbers and flags), or one text with commas. */
  list(name: string): string[] {
    const value = this.value(name)
    if (value === undefined) return []
    if (typeof value === 'string') return value.split(',').map((part) => part.trim()).filter((part) => part !== '')
    const items = itemsOf(value)
    if (items?.every((item) => item !== null && typeof item !== 'object')) return items.map(String)
    this.#wrong(name, 'a list of texts')
    return []
  }

  section(name: string): Section | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    return value instanceof Map ? new Section(value, this.at(name), this.#report) : this.#wrong(name, 'an object')
  }

  /** The objects in an object, by their keys. */
  sections(name: string): [string, Section][] {
    const value = this.value(name)
    if (value === undefined) return []
    if (!(value instanceof Map)) {
      this.#wrong(name, 'an object')
      return []
    }
    const outer = new Section(value, this.at(name), this.#report)
    return [...value.keys()].flatMap((key) => {
      const inner = outer.section(key)
      return inner === undefined ? [] : [[key, inner] as [string, Section]]
    })
  }

  /** The objects in a list. */
  items(name: string): Section[] {
    const value = this.value(name)
    if (value === undefined) return []
    const items = itemsOf(value)
    if (items === undefined) {
      this.#wrong(name, 'a list')
      return []
    }
    return items.flatMap((item, index) => {
      const path = `${this.at(name)}/${index}`
      if (item instanceof Map) return [new Section(item, path, this.#report)]
      this.#report.issue(path, `item ${index} of ${name} must be an object`)
      return []
    })
  }

  /** The objects in a list, as they are. */
  entries(name: string): { path: string; entry: Record<string, unknown> }[] {
    return this.items(name).map((item) => ({ path: item.path, entry: toPlain(item.#map) as Record<string, unknown> }))
  }

  /** The texts in an object, by their keys. */
  texts(name: string): Record<string, string> {
    return this.section(name)?.allTexts() ?? {}
  }

  /** All of it, as texts; null is as good as absent. */
  allTexts(): Record<string, string> {
    return Object.fromEntries([...this.#map.keys()].flatMap((key) => {
      const text = this.text(key)
      return text === undefined ? [] : [[key, text]]
    }))
  }

  /** Tells of keys that nobody asked for. */
  done(): void {
    const asked = new Set([...this.#asked].map((name) => name.toLowerCase()))
    for (const key of this.#map.keys()) {
      if (asked.has(key.toLowerCase())) continue
      const nearest = nearestName(key, [...this.#asked])
      this.#report.line(this.path + jsonPointer([key]), 'loss', `${key} is not known here and is left out${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
    }
  }

  /** A key that has a meaning in YARP and none here. */
  lost(name: string, why: string): void {
    if (this.value(name) !== undefined) this.#report.line(this.at(name), 'loss', why)
  }

  #wrong(name: string, wanted: string): undefined {
    this.#report.issue(this.at(name), `${name} must be ${wanted}`)
    return undefined
  }
}

/** The items of a list, which .NET also takes as an object that numbers them from 0 on; undefined where it is neither. */
function itemsOf(value: JsonValue): JsonValue[] | undefined {
  if (Array.isArray(value)) return value
  if (!(value instanceof Map)) return undefined
  const items = Array.from({ length: value.size }, (_, index) => value.get(String(index)))
  return items.every((item) => item !== undefined) ? items : undefined
}
