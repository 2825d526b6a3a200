import { clientNumber, compileIpRanges, type IpRanges } from '../../../shared/forwarding/ip-ranges.ts'

const MOST_KNOWN = 4_096

/** Whether a client address is let in; null where every one is. What was found out is kept: reading an address costs more than a map. */
export function compileAddressCheck(allow: readonly string[], deny: readonly string[]): IpRanges | null {
  const [allowed, denied] = [compileIpRanges(allow), compileIpRanges(deny)]
  if (allowed === null && denied === null) return null
  const known = new Map<string, boolean>()
  return (address) => {
    const found = known.get(address)
    if (found !== undefined) return found
    // Of an address that cannot be read nobody knows whether it is a denied one.
    const isIn = clientNumber(address) !== null && (denied === null || !denied(address)) && (allowed === null || allowed(address))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(address, isIn)
    return isIn
  }
}
