import { Value } from 'typebox/value'
import { SealedCredentials } from '../../../shared/schema/sealed.ts'

/** What came over the network or from the disk, or null when it is something else. What a newer control plane says besides is left out. */
export function decodeSealed(value: unknown): SealedCredentials | null {
  if (typeof value !== 'object' || value === null) return null
  const known = Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(SealedCredentials.properties, name)))
  return Value.Check(SealedCredentials, known) ? known : null
}
