import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { IpRanges } from '../../shared/forwarding/ip-ranges.ts'
import { resolveClient } from '../../shared/forwarding/resolve-client.ts'

/** Who sends a request, as far as it can be known. */
export interface RequestClient {
  /** As the socket shows it; behind trusted proxies, that of the right-most hop that is not one of them. */
  address: string
  /** It came by https: to control-web itself, or to a trusted proxy that says so. */
  isHttps: boolean
}

const FORWARDING = ['x-forwarded-for', 'x-forwarded-proto', 'forwarded']

/** The client of a request. What the request says about it is believed only when it comes from a trusted proxy; `null`: there are none. */
export function clientOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>, isTrusted: IpRanges | null): RequestClient {
  const peer = socket.remoteAddress ?? ''
  const isEncrypted = socket instanceof TLSSocket
  if (isTrusted === null || !isTrusted(peer)) return { address: peer, isHttps: isEncrypted }
  const lines = FORWARDING.map((name) => (headers[name] === undefined ? '' : `${name}: ${String(headers[name])}\r\n`)).join('')
  const { address, scheme } = resolveClient(lines, peer, isTrusted)
  return { address, isHttps: scheme === '' ? isEncrypted : scheme === 'https' }
}
