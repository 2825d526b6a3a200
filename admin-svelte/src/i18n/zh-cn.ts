import type { en } from './en.ts'
import { operations } from './zh-cn/operations.ts'
import { publishing } from './zh-cn/publishing.ts'
import { resources } from './zh-cn/resources.ts'
import { shell } from './zh-cn/shell.ts'

/** The same words in Simplified Chinese. */
export const zhCn: Record<keyof typeof en, string> = { ...shell, ...resources, ...publishing, ...operations }
