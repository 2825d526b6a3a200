import type Type from 'typebox'
import { integer, strictObject } from './field.ts'

/** How large an answer may be, and how long it may take. */
export const ResponseGuard = strictObject(
  {
    maxBodyBytes: integer({ title: 'Body', description: 'Largest body of an answer: what is announced as larger is 502, what turns out larger is cut; 0 means no limit.', unit: 'bytes', default: 0, maximum: Number.MAX_SAFE_INTEGER }),
    headTimeoutMs: integer({ title: 'Head', description: 'Longest time until the head of an answer is there, from the beginning of the request: else 504; 0 means none.', unit: 'ms', default: 0 }),
    bodyTimeoutMs: integer({ title: 'Time of the body', description: 'Longest time from the head of an answer to its end: else it is cut; 0 means none.', unit: 'ms', default: 0 })
  },
  { title: 'Response guard', description: 'How large answers may be, and how long they may take.' }
)
export type ResponseGuard = Type.Static<typeof ResponseGuard>
