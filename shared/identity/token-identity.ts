/** What the token of a request says about who sends it. */
export interface TokenIdentity {
  readonly state: 'none' | 'valid' | 'invalid'
  /** '' where the token names none. Fit for a header: UTF-8 bytes as characters, no control characters. */
  readonly user: string
  readonly tenant: string
  /** Name of the identity provider; '' where the token is of none. */
  readonly provider: string
  /** JSON of all claims of a verified token; else "{}". */
  readonly claims: string
  /** Why the token is invalid; '' else. */
  readonly reason: string
  /** Milliseconds since 1970: from then on it has to be verified again. */
  readonly until: number
}

export const NO_TOKEN: TokenIdentity = { state: 'none', user: '', tenant: '', provider: '', claims: '{}', reason: '', until: Infinity }

export function invalidToken(reason: string, until: number): TokenIdentity {
  return { state: 'invalid', user: '', tenant: '', provider: '', claims: '{}', reason, until }
}
