import { isIPv6 } from 'node:net'

/** What is counted as one client: an IPv4 address, or the /64 of an IPv6 one, which is the least that a household gets. */
export function addressBlock(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return plain
  const [front = '', back] = plain.split('::')
  const groups = front === '' ? [] : front.split(':')
  const behind = back === undefined || back === '' ? 0 : back.split(':').length
  if (back !== undefined) groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - behind) }, () => '0'), ...(back === '' ? [] : back.split(':')))
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
