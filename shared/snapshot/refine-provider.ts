import type { Provider } from '../schema/provider.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

/** Checks across the fields of an identity provider. */
export function refineProvider(provider: Loose<Provider>, context: DecodeContext): void {
  const given = ['jwksUrl', 'key', 'secretName'].filter((field) => field in provider)
  if (given.length !== 1) report(context, 'exactly_one_key', 'a provider has exactly one of jwksUrl, key and secretName')
  const { key } = provider
  checkAlgorithms(provider, context)
  if (key === undefined) return
  const text = key.trim()
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || /"d"\s*:/.test(text)) report(context, 'private_key', 'key must be the public key; never give a private one away', 'key')
  else if (!text.startsWith('-----BEGIN PUBLIC KEY-----') && !isJwk(text)) report(context, 'invalid_value', 'key must be PEM (-----BEGIN PUBLIC KEY-----) or a JWK with a "kty" other than oct', 'key')
}

/** A public key must never be taken for the secret of an HMAC, so a provider has one kind of signatures only. */
function checkAlgorithms({ algorithms = [], ...provider }: Loose<Provider>, context: DecodeContext): void {
  const bySecret = 'secretName' in provider
  const wrong = algorithms.filter((algorithm) => typeof algorithm === 'string' && algorithm.startsWith('HS') !== bySecret).join(', ')
  if (wrong !== '') report(context, 'invalid_value', bySecret ? `algorithms: ${wrong} need a key pair; with secretName give HS256, HS384 or HS512` : `algorithms: ${wrong} needs secretName: it is signed with a secret`, 'algorithms')
}

function isJwk(text: string): boolean {
  try {
    const { kty } = JSON.parse(text) as Record<string, unknown>
    return typeof kty === 'string' && kty !== 'oct'
  } catch {
    return false
  }
}
