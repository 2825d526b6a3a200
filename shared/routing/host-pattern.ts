/** A host criterion of a route, taken apart. */
export interface HostPattern {
  /** `name`: this host. `suffix`: every name below `.name`, at any depth. `any`: every host. */
  kind: 'name' | 'suffix' | 'any'
  /** Lower-case ASCII; IPv6 in brackets. Empty for `any`. */
  name: string
  /** Undefined: every port. */
  port: number | undefined
}

/**
 * Takes apart one of the forms `host`, `host:port`, `*.suffix`, `*.suffix:port`, `*:port`, `host:*` and `*`
 * (aspnetcore HostMatcherPolicy.cs). Names become lower-case ASCII: Unicode is written as punycode.
 * Returns null for anything else.
 */
export function parseHostPattern(text: string): HostPattern | null {
  const split = splitPort(text)
  if (split === null) return null
  const { host, port } = split
  if (host === '*') return { kind: 'any', name: '', port }
  if (!host.startsWith('*.')) {
    const name = asciiHost(host)
    return name === null ? null : { kind: 'name', name, port }
  }
  const suffix = asciiHost(host.slice(2))
  return suffix === null || isAddress(suffix) ? null : { kind: 'suffix', name: suffix, port }
}

/** The host criteria of a route; one for every host where it has none. What cannot be read is left out. */
export function hostPatterns(hosts: readonly string[]): HostPattern[] {
  if (hosts.length === 0) return [{ kind: 'any', name: '', port: undefined }]
  return hosts.flatMap((text) => parseHostPattern(text) ?? [])
}

/** The stored form of a host criterion, or null. `host:*` is stored as `host`, which means the same. */
export function normalizeHostPattern(text: string): string | null {
  const pattern = parseHostPattern(text)
  return pattern === null ? null : hostPatternText(pattern)
}

function hostPatternText(pattern: HostPattern): string {
  const host = pattern.kind === 'any' ? '*' : pattern.kind === 'suffix' ? `*.${pattern.name}` : pattern.name
  return pattern.port === undefined ? host : `${host}:${pattern.port}`
}

/** A host without port as lower-case ASCII (IPv6 in brackets), or null when it is not one. */
export function asciiHost(text: string): string | null {
  const plain = text.toLowerCase()
  if (plain.length <= 253 && ORDINARY.test(plain) && !plain.includes('xn--')) return plain
  if (plain.length > 255 || !/^(?:\[[0-9a-f:.]+\]|(?:[a-z0-9._-]|\P{ASCII})+)$/u.test(plain)) return null
  const host = URL.parse(`http://${plain}/`)?.hostname
  if (host === undefined || host.length > 253) return null
  if (host.startsWith('.') || host.endsWith('.') || host.includes('..')) return null
  if (host.startsWith('[') || host === plain) return host
  // Shorthands of an address such as 0x7f.1 would be stored as something that no client sends.
  const isAscii = /^\p{ASCII}*$/u.test(plain)
  return isAscii || isAddress(host) ? null : host
}

/** Names that need no look by the URL class: plain labels, the last of which cannot be part of an address. */
const ORDINARY = /^(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*$/

function splitPort(text: string): { host: string; port: number | undefined } | null {
  const colon = text.lastIndexOf(':')
  if (colon === -1 || text.endsWith(']')) return { host: text, port: undefined }
  const host = text.slice(0, colon)
  const port = text.slice(colon + 1)
  if (port === '*') return host === '*' ? null : { host, port: undefined }
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535) return null
  return { host, port: Number(port) }
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)
}
