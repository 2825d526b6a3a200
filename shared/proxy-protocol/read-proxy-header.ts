import { ipNumber } from '../forwarding/ip-ranges.ts'

/** Who the client is, and what it connected to, as the proxy before us says. */
export interface ProxiedAddresses {
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
}

/** A header that was read. `addresses` is null where the proxy speaks for itself (LOCAL), or does not say (UNKNOWN). */
export interface ProxyHeader {
  /** Bytes of it; what comes behind is the client's. */
  readonly length: number
  readonly addresses: ProxiedAddresses | null
}

const V1_MOST = 107
const V2_HEAD = 16
/** With all that the protocol defines a header has a few hundred bytes. */
const V2_MOST = 4096
const V2_SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
const V1_START = [0x50, 0x52, 0x4f, 0x58, 0x59, 0x20]
const PORT = /^(?:0|[1-9]\d{0,4})$/

/** Reads the header of PROXY protocol version 1 or 2 (proxy-protocol.txt of HAProxy) that begins `bytes`. Null: more bytes are needed. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | 'malformed' | null {
  if (startsWith(bytes, V2_SIGNATURE)) return readV2(bytes)
  if (startsWith(bytes, V1_START)) return readV1(bytes)
  return bytes.length === 0 ? null : 'malformed'
}

/** As far as there are bytes. */
function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return bytes.length > 0 && start.every((byte, index) => index >= bytes.length || bytes[index] === byte)
}

function readV1(bytes: Uint8Array): ProxyHeader | 'malformed' | null {
  const end = bytes.subarray(0, V1_MOST).indexOf(0x0a)
  if (end === -1) return bytes.length >= V1_MOST ? 'malformed' : null
  const line = String.fromCharCode(...bytes.subarray(0, end + 1))
  if (!line.endsWith('\r\n')) return 'malformed'
  const length = end + 1
  const [, family = '', ...rest] = line.slice(0, -2).split(' ')
  if (family === 'UNKNOWN') return { length, addresses: null }
  const [address = '', localAddress = '', port = '', localPort = ''] = rest
  const isFamily = (text: string): boolean => ipNumber(text) !== null && text.includes(':') === (family === 'TCP6')
  const isPort = (text: string): boolean => PORT.test(text) && Number(text) <= 65_535
  if ((family !== 'TCP4' && family !== 'TCP6') || rest.length !== 4 || !isFamily(address) || !isFamily(localAddress) || !isPort(port) || !isPort(localPort)) return 'malformed'
  return { length, addresses: { address: address.toLowerCase(), port: Number(port), localAddress: localAddress.toLowerCase(), localPort: Number(localPort) } }
}

function readV2(bytes: Uint8Array): ProxyHeader | 'malformed' | null {
  if (bytes.length < V2_HEAD) return null
  const [command, family, size] = [bytes[12]!, bytes[13]!, uint16(bytes, 14)]
  const length = V2_HEAD + size
  if (command >> 4 !== 2 || (command & 0xf) > 1 || length > V2_MOST) return 'malformed'
  if (bytes.length < length) return null
  if ((command & 0xf) === 0) return { length, addresses: null }
  // TCP over IPv4, TCP over IPv6; other families are not for us to understand.
  const width = family === 0x11 ? 4 : family === 0x21 ? 16 : 0
  if (width === 0) return { length, addresses: null }
  if (size < 2 * width + 4) return 'malformed'
  const addressAt = (at: number): string => (width === 4 ? bytes.subarray(at, at + 4).join('.') : v6Text(bytes, at))
  const ports = V2_HEAD + 2 * width
  return { length, addresses: { address: addressAt(V2_HEAD), port: uint16(bytes, ports), localAddress: addressAt(V2_HEAD + width), localPort: uint16(bytes, ports + 2) } }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** In its shortest form (RFC 5952); an IPv4 address that is mapped into IPv6 as such. */
function v6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => uint16(bytes, at + 2 * index).toString(16))
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return bytes.subarray(at + 12, at + 16).join('.')
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}
