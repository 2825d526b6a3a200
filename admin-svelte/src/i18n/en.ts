import { live } from './en/live.ts'
import { operations } from './en/operations.ts'
import { people } from './en/people.ts'
import { proposals } from './en/proposals.ts'
import { publishing } from './en/publishing.ts'
import { resources } from './en/resources.ts'
import { shell } from './en/shell.ts'
import { watching } from './en/watching.ts'

/** The English words; they define which keys there are. */
export const en = { ...shell, ...resources, ...publishing, ...proposals, ...live, ...people, ...watching, ...operations }
