import type { RequestHead } from './request-head.ts'

/** Longer heads are read anew each time, so that what a connection keeps stays small. */
const MOST_CHARACTERS = 4096

type Understood = Pick<RequestHead, 'host' | 'hostPort' | 'authority' | 'contentLength' | 'isChunked' | 'keepAlive' | 'expectsContinue' | 'isWebSocketUpgrade' | 'accept' | 'traceparent' | 'tenantCode' | 'fields' | 'forwarding'>

/**
 * The field lines of the last request of a connection, and what was understood of them. Most clients send the same lines with
 * every request: comparing them costs a twentieth of reading them. The same text under the same version and limits always
 * means the same, so nothing is believed that was not checked.
 */
export class KnownFields {
  #text = ''
  #isHttp10 = false
  #maxFields = 0
  #understood: Understood | null = null

  /** Fills `head` in when these are the lines that are known; its target must have been in origin form. */
  fill(text: string, maxFields: number, head: RequestHead): boolean {
    const known = this.#understood
    if (known === null || text !== this.#text || head.isHttp10 !== this.#isHttp10 || maxFields !== this.#maxFields) return false
    head.host = known.host
    head.hostPort = known.hostPort
    head.authority = known.authority
    head.contentLength = known.contentLength
    head.isChunked = known.isChunked
    head.keepAlive = known.keepAlive
    head.expectsContinue = known.expectsContinue
    head.isWebSocketUpgrade = known.isWebSocketUpgrade
    head.accept = known.accept
    head.traceparent = known.traceparent
    head.tenantCode = known.tenantCode
    head.fields = known.fields
    head.forwarding = known.forwarding
    return true
  }

  /** `head` is what was understood of `text`. */
  keep(text: string, maxFields: number, head: RequestHead): void {
    if (text.length > MOST_CHARACTERS) return
    const { host, hostPort, authority, contentLength, isChunked, keepAlive, expectsContinue, isWebSocketUpgrade, accept, traceparent, tenantCode, fields, forwarding } = head
    this.#text = text
    this.#isHttp10 = head.isHttp10
    this.#maxFields = maxFields
    this.#understood = { host, hostPort, authority, contentLength, isChunked, keepAlive, expectsContinue, isWebSocketUpgrade, accept, traceparent, tenantCode, fields, forwarding }
  }
}
