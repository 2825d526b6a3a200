import type { IncomingMessage } from 'node:http'
import { AppError } from './app-error.ts'

/** Largest request body: a bulk change of many resources fits. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024
const READ_TIMEOUT_MS = 30_000

/**
 * The JSON body of a request; undefined when there is none.
 * @throws AppError unsupported_media_type, body_too_large, invalid_json
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const length = request.headers['content-length']
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return undefined
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new AppError('unsupported_media_type')
  if (Number(length) > MAX_BODY_BYTES) throw tooLarge()
  const text = await readText(request)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_json', { message: `The body is not JSON: ${(error as Error).message}` })
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => request.destroy(), READ_TIMEOUT_MS)
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_BODY_BYTES) throw tooLarge()
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

function tooLarge(): AppError {
  return new AppError('body_too_large', { message: `The body is larger than ${MAX_BODY_BYTES} bytes.`, headers: { connection: 'close' } })
}
