import type { WrittenAnswer } from '../proxy/gateway-answer.ts'
import type { ProxyFailure } from '../proxy/failure.ts'

/** A policy lets the request through. */
export interface Granted {
  readonly kind: 'granted'
  /** Who it turned out to be; '' where the policy does not know. */
  readonly user: string
  /** Field lines that the origin gets. */
  readonly fields: string
}

/** A policy keeps the request from going on. */
export interface Refused {
  readonly kind: 'refused'
  readonly failure: ProxyFailure
  /** One of a few words, for counts and for who looks into it; never told to the client as such. */
  readonly reason: string
  /** Field lines of the answer. */
  readonly fields: string
  /** Given in place of the failure's answer; null: none. */
  readonly answer: WrittenAnswer | null
}

export type Outcome = Granted | Refused

export const GRANTED: Granted = { kind: 'granted', user: '', fields: '' }

export function refused(failure: ProxyFailure, reason: string, fields = '', answer: WrittenAnswer | null = null): Refused {
  return { kind: 'refused', failure, reason, fields, answer }
}
