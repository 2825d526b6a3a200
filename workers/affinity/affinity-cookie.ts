import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import { fieldValue } from '../../shared/transforms/header-lines.ts'

/** The value of a cookie in the field lines of a request; null when it is not there (RFC 6265 section 4.2). */
export function cookieValue(fields: string, name: string): string | null {
  for (const part of fieldValue(fields, 'cookie', '; ')?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')
  }
  return null
}

/** Writes the Set-Cookie line for a value; `isSecure`: the client speaks https (YARP AffinityHelpers.cs). */
export function affinityCookie({ keyName, cookie }: SessionAffinity): (value: string, isSecure: boolean) => string {
  const { path = '/', domain, httpOnly = true, securePolicy = 'SameAsRequest', sameSite = 'Unspecified', expirationSeconds, maxAgeSeconds } = cookie ?? {}
  const attributes = (secure: string): string =>
    (domain === undefined ? '' : `; domain=${domain}`) +
    `; path=${path}${secure}${sameSite === 'Unspecified' ? '' : `; samesite=${sameSite.toLowerCase()}`}${httpOnly ? '; httponly' : ''}` +
    (maxAgeSeconds === undefined ? '' : `; max-age=${maxAgeSeconds}`)
  const onHttp = attributes(securePolicy === 'Always' ? '; secure' : '')
  const onHttps = attributes(securePolicy === 'None' ? '' : '; secure')
  return (value, isSecure) => {
    const expires = expirationSeconds === undefined ? '' : `; expires=${new Date(Date.now() + expirationSeconds * 1000).toUTCString()}`
    return `Set-Cookie: ${keyName}=${value}${expires}${isSecure ? onHttps : onHttp}\r\n`
  }
}
