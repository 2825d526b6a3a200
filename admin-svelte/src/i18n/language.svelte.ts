import { en } from './en.ts'
import { zhCn } from './zh-cn.ts'

export type WordKey = keyof typeof en
export type Words = Record<WordKey, string>
export type LanguageCode = 'en' | 'zh-CN'
export const LANGUAGES: readonly { code: LanguageCode; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' }
]
const DICTIONARIES: Record<LanguageCode, Words> = { en, 'zh-CN': zhCn }
const KEY = 'gateway.language'
const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** The language of the page: the one chosen in this browser, else the browser's own, else English. */
class Language {
  code = $state<LanguageCode>(first())

  set(code: LanguageCode): void {
    this.code = code
    localStorage.setItem(KEY, code)
    this.apply()
  }

  apply(): void {
    document.documentElement.lang = this.code
  }
}

function first(): LanguageCode {
  const chosen = localStorage.getItem(KEY)
  const known = LANGUAGES.find((one) => one.code === chosen)
  if (known !== undefined) return known.code
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'zh')
  return preferred === 'zh' ? 'zh-CN' : 'en'
}

export const language = new Language()

/** The words for a key in the language of the page; `{name}` is replaced by `values.name`. */
export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return DICTIONARIES[language.code][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? number(value) : value
  })
}

/** Stems that have both keys; `nodes.one` alone is an ordinary key. */
type Counted<K extends WordKey = WordKey> = K extends `${infer Stem}.one` ? (`${Stem}.other` extends WordKey ? Stem : never) : never

/** Like `t`, for words that depend on a count: keys `stem.one` and `stem.other`; `{count}` is filled in. */
export function tn(stem: Counted, count: number, values: Record<string, string | number> = {}): string {
  const form = new Intl.PluralRules(language.code).select(count) === 'one' ? 'one' : 'other'
  return t(`${stem}.${form}` as WordKey, { ...values, count })
}

/** A size in bytes, in the largest unit that leaves a number above one. */
export function bytes(value: number): string {
  const power = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)))
  return `${new Intl.NumberFormat(language.code, { maximumFractionDigits: power === 0 ? 0 : 1 }).format(value / 1024 ** power)} ${SIZES[power]}`
}

/** A part of 1, in percent. */
export function percent(share: number): string {
  return `${number(Math.round(share * 1000) / 10)} %`
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.code).format(value)
}

/** A figure that moves: one digit after the point below 100, none above. */
export function rate(value: number): string {
  return number(value >= 100 ? Math.round(value) : Math.round(value * 10) / 10)
}
