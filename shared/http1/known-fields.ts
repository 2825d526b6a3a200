import type { RequestHead } from './request-head.ts'

/** What the field lines of a request say. */
type Understood = Pick<RequestHead, 'host' | 'hostPort' | 'authority' | 'contentLength' | 'isChunked' | 'keepAlive' | 'expectsContinue' | 'isWebSocketUpgrade' | 'accept' | 'traceparent' | 'tenantCode' | 'fields' | 'forwarding'>

/** Longer heads are read anew each time, so that what a connection keeps stays small. */
const MOST_CHARACTERS = 4096

/**
 * The field lines of the last request of a connection, and what was understood of them. Most clients send the same lines with
 * every request: to compare them is quicker than to read them. The same text under the same version and limits always means
 * the same, so nothing is believed that was not checked.
 */
export class KnownFields {
  #text = ''
  #isHttp10 = false
  #maxFields = 0
  readonly #understood: Understood = {
    host: '', hostPort: 0, authority: '', contentLength: -1, isChunked: false, keepAlive: true, expectsContinue: false, isWebSocketUpgrade: false,
    accept: '', traceparent: '', tenantCode: '', fields: '', forwarding: ''
  }

  /** Fills `head` in when these are the lines that are known; its target must have been in origin form. */
  fill(lines: string, maxFields: number, head: RequestHead): boolean {
    if (lines !== this.#text || lines === '' || head.isHttp10 !== this.#isHttp10 || maxFields !== this.#maxFields) return false
    copy(this.#understood, head)
    return true
  }

  /** `head` is what was understood of `lines`. */
  keep(lines: string, maxFields: number, head: RequestHead): void {
    if (lines.length > MOST_CHARACTERS) return
    this.#text = lines
    this.#isHttp10 = head.isHttp10
    this.#maxFields = maxFields
    copy(head, this.#understood)
  }
}

function copy(from: Understood, to: Understood): void {
  to.host = from.host
  to.hostPort = from.hostPort
  to.authority = from.authority
  to.contentLength = from.contentLength
  to.isChunked = from.isChunked
  to.keepAlive = from.keepAlive
  to.expectsContinue = from.expectsContinue
  to.isWebSocketUpgrade = from.isWebSocketUpgrade
  to.accept = from.accept
  to.traceparent = from.traceparent
  to.tenantCode = from.tenantCode
  to.fields = from.fields
  to.forwarding = from.forwarding
}
