import { Value } from 'typebox/value'
import { AcmeChallenge } from '../../../shared/schema/sealed.ts'

/** The answer to the challenge with this token, or null when something else came. */
export function decodeChallenge(value: unknown, token: string): string | null {
  return Value.Check(AcmeChallenge, value) && value.token === token ? value.keyAuthorization : null
}
