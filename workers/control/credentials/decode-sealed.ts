import { Value } from 'typebox/value'
import { SealedCredentials } from '../../../shared/schema/sealed.ts'

/** What came over the network or from the disk, or null when it is something else. */
export function decodeSealed(value: unknown): SealedCredentials | null {
  return Value.Check(SealedCredentials, value) ? value : null
}
