import { operations } from './en/operations.ts'
import { publishing } from './en/publishing.ts'
import { resources } from './en/resources.ts'
import { shell } from './en/shell.ts'

/** The English words; they define which keys there are. */
export const en = { ...shell, ...resources, ...publishing, ...operations }
