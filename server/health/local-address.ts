import { BlockList, isIP } from 'node:net'

const local = new BlockList()
local.addSubnet('127.0.0.0', 8)
local.addSubnet('169.254.0.0', 16)
local.addAddress('::1', 'ipv6')
local.addSubnet('fe80::', 10, 'ipv6')

/** The address means another program on every machine (loopback, link-local), so that only a node itself can probe it. */
export function isLocalAddress(url: string): boolean {
  const { hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost')
  return local.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
