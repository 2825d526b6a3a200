import { fieldValue } from '../transforms/header-lines.ts'
import { type IpRanges, ipNumber, withoutZone } from './ip-ranges.ts'

/** The client behind proxies that are trusted. */
export interface ResolvedClient {
  /** Without brackets and port. */
  readonly address: string
  /** '' where nobody said. */
  readonly scheme: 'http' | 'https' | ''
  /** Authority that the client asked for, not checked; '' where nobody said. */
  readonly host: string
}

interface Hop {
  /** As the proxy before us wrote it. */
  readonly node: string
  readonly proto: string
  readonly host: string
}

/** Those next to us; a client that makes up more pushes none of them out. */
const MOST_HOPS = 100

/**
 * The right-most hop that is not trusted, from X-Forwarded-For, -Proto, -Host and -Port, or from Forwarded (RFC 7239) where the
 * former is absent. `forwarding`: the field lines as they came from `peer`. A hop that cannot be read ends the search.
 */
export function resolveClient(forwarding: string, peer: string, isTrusted: IpRanges): ResolvedClient {
  const hops = hopsIn(forwarding)
  let address = peer
  let index = hops.length
  while (index > 0 && isTrusted(address)) {
    const next = addressOf(hops[index - 1]!.node)
    if (next === null) break
    address = next
    index--
  }
  const hop = hops[index] ?? hops.at(-1)
  const scheme = hop?.proto.toLowerCase() ?? ''
  return { address, scheme: scheme === 'http' || scheme === 'https' ? scheme : '', host: hop?.host ?? '' }
}

function hopsIn(forwarding: string): Hop[] {
  const nodes = list(fieldValue(forwarding, 'x-forwarded-for'))
  const standard = nodes.length === 0 ? fieldValue(forwarding, 'forwarded') : null
  if (standard !== null) return forwardedHops(standard)
  const protos = list(fieldValue(forwarding, 'x-forwarded-proto'))
  const hosts = list(fieldValue(forwarding, 'x-forwarded-host'))
  const ports = list(fieldValue(forwarding, 'x-forwarded-port'))
  if (nodes.length === 0) return protos.length + hosts.length === 0 ? [] : [{ node: '', proto: protos.at(-1) ?? '', host: withPort(hosts.at(-1) ?? '', ports.at(-1)) }]
  // Proxies that append give one value for each hop; where there are fewer, the last is that of the proxy before us.
  const at = (values: readonly string[], index: number): string => (values.length === nodes.length ? values[index] : values.at(-1)) ?? ''
  return nodes.map((node, index) => ({ node, proto: at(protos, index), host: withPort(at(hosts, index), at(ports, index)) }))
}

function list(value: string | null): string[] {
  return value === null ? [] : value.split(',').slice(-MOST_HOPS).map((item) => item.trim())
}

function withPort(host: string, port: string | undefined): string {
  return host === '' || port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(host) ? host : `${host}:${port}`
}

const PAIR = /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*([;,]|$)/y

/** The elements of a Forwarded field; none when it is malformed. */
function forwardedHops(value: string): Hop[] {
  const hops: Hop[] = []
  let hop: Record<string, string> = {}
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < value.length) {
    const found = PAIR.exec(value)
    if (found === null) return []
    const [, name = '', quoted, plain = '', separator] = found
    hop[name.toLowerCase()] = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
    if (separator === ';') continue
    hops.push({ node: hop['for'] ?? '', proto: hop['proto'] ?? '', host: hop['host'] ?? '' })
    hop = {}
  }
  return hops.slice(-MOST_HOPS)
}

/** An address out of `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1` or `[2001:db8::1]:80`, each IPv6 one also with a zone, which is left out; null for anything else. */
function addressOf(node: string): string | null {
  const [, bracketed, v4] = /^(?:\[([^\]]{2,80})\](?::\d{1,5})?|(\d[\d.]{6,14})(?::\d{1,5})?)$/.exec(node) ?? []
  const address = withoutZone(bracketed ?? v4 ?? node)
  return ipNumber(address) === null ? null : address.toLowerCase()
}
