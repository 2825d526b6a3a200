import type { en } from './en.ts'
import { live } from './zh-cn/live.ts'
import { operations } from './zh-cn/operations.ts'
import { people } from './zh-cn/people.ts'
import { proposals } from './zh-cn/proposals.ts'
import { publishing } from './zh-cn/publishing.ts'
import { resources } from './zh-cn/resources.ts'
import { shell } from './zh-cn/shell.ts'
import { watching } from './zh-cn/watching.ts'

/** The same words in Simplified Chinese. */
export const zhCn: Record<keyof typeof en, string> = { ...shell, ...resources, ...publishing, ...proposals, ...live, ...people, ...watching, ...operations }
