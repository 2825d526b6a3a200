import { HEAD, type HeadBuffer } from '../http1/head-buffer.ts'
import { REFUSALS, type Refusal } from '../../shared/http1/refusal.ts'

/** The head is whole: from the start of the buffer to its `end`. */
export const WHOLE = 'whole'
/** More has to come. */
export const PARTIAL = 'partial'

/** Looks for the next head in the buffer, of which `piece` is new. */
export function nextHead(buffer: HeadBuffer, piece: string, maxBytes: number): typeof WHOLE | typeof PARTIAL | Refusal {
  let fresh = piece
  if (buffer.text.startsWith('\r\n')) {
    // One empty line before a request is let pass (RFC 9112 section 2.2).
    buffer.consume(2)
    fresh = buffer.text
    if (fresh === '') return PARTIAL
    if (fresh.startsWith('\r\n')) return REFUSALS.badRequestLine
  }
  const found = buffer.find(fresh, maxBytes)
  if (found === HEAD.complete) return WHOLE
  if (found === HEAD.incomplete) return PARTIAL
  if (found === HEAD.bareLineFeed) return REFUSALS.badField
  return buffer.text.includes('\r\n') ? REFUSALS.headTooLarge : REFUSALS.targetTooLong
}
