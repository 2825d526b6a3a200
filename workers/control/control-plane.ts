import type { Ack, Desired, Heartbeat } from '../../shared/schema/node-api.ts'
import { decodeChallenge } from './credentials/decode-challenge.ts'
import { decodeDesired } from './decode-desired.ts'

const MAX_CONFIG_BYTES = 64 * 1024 * 1024
const MAX_OPERATION_BYTES = 2 * 1024 * 1024
const MAX_ANSWER_BYTES = 64 * 1024
const CONFIG_TIMEOUT_MS = 30_000
const POST_TIMEOUT_MS = 10_000
/** The authority does not wait for long. */
const CHALLENGE_TIMEOUT_MS = 250

/** What the control plane said to the question for the configuration. */
export type ConfigAnswer = { kind: 'unchanged' } | { kind: 'nothing-published' } | { kind: 'config'; body: unknown }

/** The node API of the control plane. Every call rejects with ControlPlaneError when it fails. */
export interface ControlPlane {
  config(have: Desired | null): Promise<ConfigAnswer>
  ack(ack: Ack): Promise<void>
  /** Which snapshot this node should serve, as far as the answer can be read. */
  heartbeat(heartbeat: Heartbeat): Promise<Desired | null>
  /** The certificates this node may use, sealed; null when those with the hash `have` are the newest. */
  credentials(have: string | null): Promise<unknown>
  /** What holds without a publish; null when that with the hash `have` is the newest. */
  operationalState(have: string | null): Promise<unknown>
  /** What a certificate authority is answered that asks for this token; null: nothing. */
  challenge(token: string): Promise<string | null>
  /** Tells the control plane to which key it is to seal; raw bytes in base64. */
  registerKey(publicKey: string): Promise<void>
}

/** `status` is null when there was no answer. */
export class ControlPlaneError extends Error {
  readonly status: number | null
  constructor(message: string, status: number | null) {
    super(message)
    this.status = status
  }
}

/** For a question that a control plane of an older version does not know: there is nothing, as when nothing is new. */
export function nothingOfOlder(error: unknown): null {
  if (error instanceof ControlPlaneError && error.status === 404) return null
  throw error
}

export function createControlPlane(options: { url: string; token: string; version: string }): ControlPlane {
  const headers = { authorization: `Bearer ${options.token}`, 'user-agent': `open-gateway-node/${options.version}` }

  const ask = async (path: string, init: RequestInit, timeoutMs: number, maxBytes: number): Promise<{ status: number; text: string }> => {
    try {
      const response = await fetch(`${options.url}/api/v1/node/${path}`, { ...init, headers: { ...headers, ...init.headers }, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
      const text = await readBounded(response, maxBytes)
      if (response.status >= 400) throw new ControlPlaneError(`${init.method ?? 'GET'} /node/${path.split('?')[0]} was answered ${response.status}: ${text.slice(0, 300)}`, response.status)
      return { status: response.status, text }
    } catch (error) {
      if (error instanceof ControlPlaneError) throw error
      const { message, cause } = error as Error
      throw new ControlPlaneError(`${options.url} does not answer: ${cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message}`, null)
    }
  }
  const post = (path: string, body: unknown): Promise<{ text: string }> =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }, POST_TIMEOUT_MS, MAX_ANSWER_BYTES)

  return {
    async config(have) {
      const query = have === null ? '' : `?have=${have.epoch}.${have.revision}`
      const { status, text } = await ask(`config${query}`, {}, CONFIG_TIMEOUT_MS, MAX_CONFIG_BYTES)
      if (status === 304) return { kind: 'unchanged' }
      if (status === 204) return { kind: 'nothing-published' }
      return { kind: 'config', body: parse(text) }
    },
    async credentials(have) {
      const { status, text } = await ask(`credentials${have === null ? '' : `?have=${have}`}`, {}, CONFIG_TIMEOUT_MS, MAX_CONFIG_BYTES)
      return status === 304 ? null : parse(text)
    },
    async operationalState(have) {
      const { status, text } = await ask(`operational-state${have === null ? '' : `?have=${have}`}`, {}, POST_TIMEOUT_MS, MAX_OPERATION_BYTES)
      return status === 304 ? null : parse(text)
    },
    async challenge(token) {
      const { text } = await ask(`acme/${token}`, {}, CHALLENGE_TIMEOUT_MS, MAX_ANSWER_BYTES)
      return decodeChallenge(parse(text), token)
    },
    async registerKey(publicKey) {
      await post('key', { publicKey })
    },
    async ack(ack) {
      await post('ack', ack)
    },
    async heartbeat(heartbeat) {
      const { text } = await post('heartbeat', heartbeat)
      return decodeDesired((parse(text) as { desired?: unknown } | null)?.desired)
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ControlPlaneError('the answer is not JSON', null)
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > maxBytes) throw new ControlPlaneError(`the answer is larger than ${maxBytes} bytes`, response.status)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
