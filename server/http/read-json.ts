import type { IncomingMessage } from 'node:http'
import { errorIssue } from '../../shared/schema/issue.ts'
import { AppError, invalidRequest } from './app-error.ts'

/** Largest request body: a bulk change of many resources fits. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024
/** Largest body of somebody who has not shown who they are. */
export const MAX_PUBLIC_BODY_BYTES = 16 * 1024
/** Deepest nesting; the configuration needs less than ten levels. Whatever walks a body may recurse. */
export const MAX_DEPTH = 64
const READ_TIMEOUT_MS = 30_000

/**
 * The JSON body of a request of at most `mostBytes`; undefined when there is none.
 * @throws AppError unsupported_media_type, body_too_large, invalid_json, invalid_request
 */
export async function readJson(request: IncomingMessage, mostBytes = MAX_BODY_BYTES): Promise<unknown> {
  const length = request.headers['content-length']
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return undefined
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new AppError('unsupported_media_type')
  if (Number(length) > mostBytes) throw tooLarge(mostBytes)
  const value = parse(await readText(request, mostBytes))
  if (isDeeper(value, MAX_DEPTH)) throw invalidRequest([errorIssue('', 'too_deep', `the body is nested deeper than ${MAX_DEPTH} levels`)])
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_json', { message: `The body is not JSON: ${(error as Error).message}` })
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

async function readText(request: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => request.destroy(), READ_TIMEOUT_MS)
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > mostBytes) throw tooLarge(mostBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('invalid_request', { message: 'The body did not arrive whole.' })
  } finally {
    clearTimeout(timer)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new AppError('invalid_json', { message: 'The body is not UTF-8.' })
  }
}

function tooLarge(mostBytes: number): AppError {
  return new AppError('body_too_large', { message: `The body is larger than ${mostBytes} bytes.`, headers: { connection: 'close' } })
}
