import type { JSONWebKeySet } from 'jose'

const TIMEOUT_MS = 5_000
const MOST_BYTES = 524_288

/** Fetches a JWKS (RFC 7517 section 5). Redirects are not followed: the address in the configuration is the one that is trusted. */
export async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), headers: { accept: 'application/jwk-set+json, application/json' } })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`status ${response.status}`)
  }
  const keySet: unknown = JSON.parse(await boundedText(response))
  if (typeof keySet !== 'object' || keySet === null || !('keys' in keySet) || !Array.isArray(keySet.keys)) throw new Error('the answer is no key set: it has no list "keys"')
  return keySet as JSONWebKeySet
}

async function boundedText({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body ?? []) {
    bytes += piece.length
    if (bytes > MOST_BYTES) throw new Error(`the key set is larger than ${MOST_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
