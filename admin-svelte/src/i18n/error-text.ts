import type { ApiError } from '../api/api-error.ts'
import { language } from './language.svelte.ts'
import { zhCnErrors } from './zh-cn/errors.ts'

/** What an error says in the language of the page; the server's own words where there is no translation. */
export function errorText(error: ApiError): string {
  const translated = language.code === 'zh-CN' ? (zhCnErrors as Record<string, string | undefined>)[error.code] : undefined
  return translated ?? error.message
}
