import { ConfigHint, CredentialHint, Desired, OperationHint } from '../../shared/schema/node-api.ts'
import { Value } from 'typebox/value'

/** Null for anything that is not exactly a Desired. */
export function decodeDesired(input: unknown): Desired | null {
  return Value.Check(Desired, input) ? input : null
}

/** Null for anything that is not exactly a hint. */
export function decodeHint(input: unknown): ConfigHint | CredentialHint | OperationHint | null {
  return Value.Check(ConfigHint, input) || Value.Check(CredentialHint, input) || Value.Check(OperationHint, input) ? input : null
}

export function isSame(a: Desired | null, b: Desired | null): boolean {
  return a?.epoch === b?.epoch && a?.revision === b?.revision && a?.sha256 === b?.sha256
}
