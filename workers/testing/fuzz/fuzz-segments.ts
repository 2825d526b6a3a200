import { nextHead, PARTIAL, WHOLE } from '../../proxy/next-head.ts'
import { canonicalChunks } from '../../http1/canonical-chunks.ts'
import { ChunkedReader } from '../../http1/chunked-reader.ts'
import { HeadBuffer, HEAD } from '../../http1/head-buffer.ts'
import { parseRequestHead, RequestHead } from '../../../shared/http1/request-head.ts'
import { RequestBody } from '../../http1/request-body.ts'
import { ResponseBody } from '../../http1/response-body.ts'
import { parseResponseHead, ResponseHead } from '../../http1/response-head.ts'
import { Finding, type FuzzOptions } from './finding.ts'
import { requestInput, responseInput } from './inputs.ts'
import { pieces, randomFrom } from './random.ts'

const MAX_HEAD = 4096
/** Which of several faults is named depends on which comes first. */
const REFUSED = 'refused'

/** The same bytes mean the same in whatever pieces they come, for requests and responses, right and wrong ones. Returns the rounds. */
export function fuzzSegments({ seed, rounds, progress, signal }: FuzzOptions): number {
  const random = randomFrom(seed)
  for (let round = 0; round < rounds && signal?.aborted !== true; round++) {
    if (round % 5_000 === 0) progress?.(round)
    const isRequest = random() < 0.5
    const input = isRequest ? requestInput(random) : responseInput(random)
    const read = isRequest ? readRequests : readResponse
    const whole = read([input])
    for (const parts of [pieces(random, input), [...input]]) {
      const cut = read(parts)
      if (cut !== whole) throw new Finding(`in pieces it is\n${cut}\nand as a whole\n${whole}\npieces ${JSON.stringify(parts)}`, seed, round, input)
    }
  }
  return rounds
}

/** What the codec makes of a client's bytes, as text: every request with its body, and why it stopped. */
function readRequests(parts: readonly string[]): string {
  const buffer = new HeadBuffer()
  const head = new RequestHead()
  const body = new RequestBody()
  const result: string[] = []
  let data = ''
  let isInBody = false
  const endBody = (): void => {
    isInBody = false
    result.push(`body ${JSON.stringify(head.isChunked ? unchunked(data) : data)}`)
  }
  for (const part of parts) {
    let piece = part
    if (isInBody) {
      const bytes = Buffer.from(part, 'latin1')
      data += body.take(bytes, bytes.length)?.toString('latin1') ?? ''
      if (body.refusal !== null) return [...result, REFUSED].join('\n')
      if (!body.isComplete) continue
      endBody()
      piece = part.slice(body.consumed)
    }
    buffer.append(piece)
    while (!isInBody && buffer.text !== '') {
      const found = nextHead(buffer, piece, MAX_HEAD)
      if (found === PARTIAL) break
      const refusal = found === WHOLE ? parseRequestHead(buffer.text, 0, buffer.end, 100, head) : found
      if (refusal !== null) return [...result, REFUSED].join('\n')
      result.push(JSON.stringify([head.method, head.rawPath, head.query, head.authority, head.fields, head.contentLength, head.isChunked, head.keepAlive]))
      const taken = body.begin(head, buffer.text.slice(buffer.bodyStart))
      buffer.consume(buffer.bodyStart + taken)
      if (body.refusal !== null) return [...result, REFUSED].join('\n')
      data = body.first
      isInBody = true
      if (body.isComplete) endBody()
      piece = buffer.text
    }
  }
  return [...result, isInBody ? `in a body after ${JSON.stringify(head.isChunked ? unchunked(data) : data)}` : 'waiting'].join('\n')
}

/** What the codec makes of an origin's bytes: the head, the data, and how it ended. */
function readResponse(parts: readonly string[]): string {
  const buffer = new HeadBuffer()
  const head = new ResponseHead()
  const body = new ResponseBody()
  let result = ''
  let data = ''
  let hasHead = false
  for (const part of parts) {
    let piece = part
    if (!hasHead) {
      buffer.append(part)
      const found = buffer.find(part, MAX_HEAD)
      if (found === HEAD.incomplete) continue
      if (found !== HEAD.complete || !parseResponseHead(buffer.text, 0, buffer.end, head)) return 'malformed head'
      result = JSON.stringify([head.status, head.statusText, head.fields, head.contentLength, head.isChunked, head.keepAlive])
      hasHead = true
      // As for a client that knows no chunks: then only the data is written.
      body.begin(head, 'GET', true)
      piece = buffer.text.slice(buffer.bodyStart)
    }
    if (piece === '' || body.isComplete) {
      if (piece !== '') body.hasExtra = true
      continue
    }
    const bytes = Buffer.from(piece, 'latin1')
    data += body.take(bytes, bytes.length)?.toString('latin1') ?? ''
    if (body.isMalformed) return `${result}\nmalformed body`
  }
  return hasHead ? `${result}\n${JSON.stringify(data)} ${body.isComplete ? `whole ${body.hasExtra}` : 'not whole'}` : 'waiting'
}

function unchunked(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const reader = new ChunkedReader()
  const data = canonicalChunks(reader, bytes, bytes.length, true).output?.toString('latin1') ?? ''
  return `${data} + ${reader.trailerFields}`
}
