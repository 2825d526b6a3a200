/** Whether an address is in one of the ranges. */
export type IpRanges = (address: string) => boolean

interface Range {
  readonly bits: bigint
  readonly shift: bigint
  readonly isV4: boolean
}

const V4_BITS = 32
const V6_BITS = 128
/** IPv4 addresses are compared as the IPv6 addresses that stand for them (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffffn << 32n

/**
 * Compiles ranges that were checked, each `address/bits`; null when there are none. A range of IPv6 holds no IPv4 address,
 * unless it is written in the form that stands for one: ::/0 is not everybody.
 */
export function compileIpRanges(cidrs: readonly string[]): IpRanges | null {
  if (cidrs.length === 0) return null
  const ranges = cidrs.flatMap((cidr): Range[] => {
    const [address = '', bits = ''] = cidr.split('/')
    const number = ipNumber(address)
    if (number === null) return []
    const shift = BigInt((address.includes(':') ? V6_BITS : V4_BITS) - Number(bits))
    return [{ bits: number >> shift, shift, isV4: isV4(number) && shift <= V4_BITS }]
  })
  return (address) => {
    const number = clientNumber(address)
    if (number === null) return false
    const family = isV4(number)
    return ranges.some(({ bits, shift, isV4 }) => isV4 === family && number >> shift === bits)
  }
}

function isV4(number: bigint): boolean {
  return number >> 32n === 0xffffn
}

/** As ipNumber, of an address as sockets and proxies show it: a link-local one names its link behind a "%" (RFC 4007 section 11). */
export function clientNumber(address: string): bigint | null {
  return ipNumber(withoutZone(address))
}

export function withoutZone(address: string): string {
  const zone = address.indexOf('%')
  return zone === -1 || !address.includes(':') ? address : address.slice(0, zone)
}

/** The address as one number, IPv4 as mapped into IPv6; null when it is none. No zone ids, no brackets. */
export function ipNumber(address: string): bigint | null {
  if (!address.includes(':')) {
    const v4 = v4Number(address)
    return v4 === null ? null : MAPPED | v4
  }
  return v6Number(address)
}

function v4Number(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let number = 0n
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    number = (number << 8n) | BigInt(part)
  }
  return number
}

function v6Number(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2 || text.length > 45) return null
  const [head, tail] = [groups(halves[0]!), halves.length === 2 ? groups(halves[1]!) : []]
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce((number, group) => (number << 16n) | group, 0n)
}

/** The 16-bit groups of a part of an IPv6 address, which may end with an IPv4 address. */
function groups(text: string): bigint[] | null {
  if (text === '') return []
  const found: bigint[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) found.push(BigInt(`0x${part}`))
    else {
      const v4 = index === parts.length - 1 ? v4Number(part) : null
      if (v4 === null) return null
      found.push(v4 >> 16n, v4 & 0xffffn)
    }
  }
  return found
}
