import type { Provider } from '../schema/provider.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

/** Checks across the fields of an identity provider. */
export function refineProvider(provider: Loose<Provider>, context: DecodeContext): void {
  if ('jwksUrl' in provider === 'key' in provider) report(context, 'exactly_one_key', 'a provider has exactly one of jwksUrl and key')
  const { key } = provider
  if (key === undefined) return
  const text = key.trim()
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || /"d"\s*:/.test(text)) report(context, 'private_key', 'key must be the public key; never give a private one away', 'key')
  else if (!text.startsWith('-----BEGIN PUBLIC KEY-----') && !isJwk(text)) report(context, 'invalid_value', 'key must be PEM (-----BEGIN PUBLIC KEY-----) or a JWK with a "kty" other than oct', 'key')
}

function isJwk(text: string): boolean {
  try {
    const { kty } = JSON.parse(text) as Record<string, unknown>
    return typeof kty === 'string' && kty !== 'oct'
  } catch {
    return false
  }
}
