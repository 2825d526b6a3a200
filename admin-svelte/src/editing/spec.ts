import type { Json } from './pointer.ts'

/** The fields of a resource that a person may set, as JSON. */
export type Spec = { [key: string]: Json | undefined }
