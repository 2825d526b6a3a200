import type { Spec } from '../../editing/spec.ts'

const STORED = ['id', 'version', 'createdBy', 'createdAt', 'updatedBy', 'updatedAt']

/** The fields of a stored resource that a person may set. */
export function specOf(stored: object): Spec {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !STORED.includes(key))) as Spec
}
