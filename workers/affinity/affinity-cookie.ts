import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'

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
