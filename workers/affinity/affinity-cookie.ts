import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'

/** The value of a cookie in a Cookie header; null when it is not there (RFC 6265 section 4.2). */
export function cookieValue(cookies: string, name: string): string | null {
  // Several Cookie lines were joined by ", ".
  for (const part of cookies.split(/[;,]/)) {
    const equals = part.indexOf('=')
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')
  }
  return null
}

/** Writes the Set-Cookie line for a value (YARP SessionAffinityCookieConfig.cs). */
export function affinityCookie({ keyName, cookie }: SessionAffinity): (value: string) => string {
  const { path = '/', domain, httpOnly = true, securePolicy = 'SameAsRequest', sameSite = 'Unspecified', expirationSeconds, maxAgeSeconds } = cookie ?? {}
  // Listeners are plain http so far, so "as the request" is never secure.
  const isSecure = securePolicy === 'Always'
  const attributes =
    (domain === undefined ? '' : `; domain=${domain}`) +
    `; path=${path}${isSecure ? '; secure' : ''}${sameSite === 'Unspecified' ? '' : `; samesite=${sameSite.toLowerCase()}`}${httpOnly ? '; httponly' : ''}` +
    (maxAgeSeconds === undefined ? '' : `; max-age=${maxAgeSeconds}`)
  return (value) => {
    const expires = expirationSeconds === undefined ? '' : `; expires=${new Date(Date.now() + expirationSeconds * 1000).toUTCString()}`
    return `Set-Cookie: ${keyName}=${value}${expires}${attributes}\r\n`
  }
}
