import { compileIpRanges, type IpRanges } from '../../../shared/forwarding/ip-ranges.ts'

const MOST_KNOWN = 4_096

/** Whether a client address is let in; null where every one is. What was found out is kept: reading an address costs more than a map. */
export function compileAddressCheck(allow: readonly string[], deny: readonly string[]): IpRanges | null {
  const [allowed, denied] = [compileIpRanges(allow), compileIpRanges(deny)]
  if (allowed === null && denied === null) return null
  const known = new Map<string, boolean>()
  return (address) => {
    const found = known.get(address)
    if (found !== undefined) return found
    // An address that cannot be read is in no list: it is not among the allowed ones.
    const isIn = (denied === null || !denied(address)) && (allowed === null || allowed(address)) && address !== ''
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(address, isIn)
    return isIn
  }
}
