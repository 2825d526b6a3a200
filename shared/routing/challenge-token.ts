const PREFIX = '/.well-known/acme-challenge/'
const TOKEN = /^[A-Za-z0-9_-]{1,256}$/

/** The token that a certificate authority asks for (RFC 8555 section 8.3); '' in every other path. */
export function challengeToken(path: string): string {
  if (!path.startsWith(PREFIX)) return ''
  const token = path.slice(PREFIX.length)
  return TOKEN.test(token) ? token : ''
}
