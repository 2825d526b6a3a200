import { asciiHost } from '../routing/host-pattern.ts'

const DEFAULT_PORTS = { http: 80, https: 443, h2c: 80 } as const

/** Where a target listens. */
export interface TargetAddress {
  scheme: keyof typeof DEFAULT_PORTS
  /** Lower-case ASCII; IPv6 in brackets. */
  host: string
  port: number
}

/** Takes apart `scheme://host[:port]` (http, https, h2c); nothing may follow but one slash. Null when it is something else. */
export function parseTargetAddress(text: string): TargetAddress | null {
  const parts = /^(https?|h2c):\/\/([^/?#@\\\s]+?)(?::([1-9]\d{0,4}))?\/?$/i.exec(text)
  if (parts === null) return null
  const scheme = parts[1]!.toLowerCase() as TargetAddress['scheme']
  const host = asciiHost(parts[2]!)
  const port = parts[3] === undefined ? DEFAULT_PORTS[scheme] : Number(parts[3])
  return host === null || port > 65535 ? null : { scheme, host, port }
}

/** The Host header for a target: its own, else that of its address. */
export function hostHeaderOf(target: { readonly host?: string | undefined }, { scheme, host, port }: TargetAddress): string {
  return target.host ?? (port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`)
}

/** The stored form of a target's address: lower case, no slash at the end, no port where it is the scheme's own. */
export function normalizeTargetAddress(text: string): string | null {
  const address = parseTargetAddress(text)
  if (address === null) return null
  const { scheme, host, port } = address
  return port === DEFAULT_PORTS[scheme] ? `${scheme}://${host}` : `${scheme}://${host}:${port}`
}

/** The stored form of a base address for probes: as a target's, and a path is allowed; no credentials, query or fragment. */
export function normalizeProbeUrl(text: string): string | null {
  const parts = /^((?:https?|h2c):\/\/[^/?#@\\\s]+)(\/[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*)?$/i.exec(text)
  const base = parts === null ? null : normalizeTargetAddress(parts[1]!)
  return base === null ? null : base + (parts![2] ?? '')
}

/** The stored form of the URL of a service: http or https, with path and query; no credentials or fragment. */
export function normalizeServiceUrl(text: string): string | null {
  const parts = /^(https?:\/\/[^/?#@\\\s]+)([/?][\x21\x22\x24-\x7e]*)?$/i.exec(text)
  const base = parts === null ? null : normalizeTargetAddress(parts[1]!)
  return base === null ? null : base + (parts![2] ?? '')
}
