import { BlockList, isIP, isIPv6 } from 'node:net'

/** Addresses that are nobody's on the internet (the special-purpose registries of IANA, RFC 6890). */
const SPECIAL = new BlockList()
const V4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3']
/** Of IPv6 only 2000::/3 is in use; of it these are not, or lead to IPv4 addresses by another way. */
const V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
for (const range of V4) SPECIAL.addSubnet(range.split('/')[0]!, Number(range.split('/')[1]), 'ipv4')
for (const range of V6) SPECIAL.addSubnet(range.split('/')[0]!, Number(range.split('/')[1]), 'ipv6')

const GLOBAL_V6 = new BlockList()
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6')

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether the address is one of the public internet, and not of this machine, its network or its cloud. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !SPECIAL.check(address, 'ipv4')
  return isIPv6(address) && GLOBAL_V6.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && LOOPBACK.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}
