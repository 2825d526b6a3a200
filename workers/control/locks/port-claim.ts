import net from 'node:net'
import type { PortPlace } from '../port-place.ts'

const FORMAT = 1

/** What one data node says about its ports. */
export interface Claim {
  pid: number
  dataDir: string
  places: PortPlace[]
}

export function encodeClaim(claim: Claim): string {
  const places = claim.places.map(({ address, port }) => [address, port])
  return JSON.stringify({ format: FORMAT, pid: claim.pid, dataDir: claim.dataDir, places })
}

/** Null for what no data node of this format wrote. */
export function decodeClaim(text: string): Claim | null {
  try {
    const { format, pid, dataDir, places } = JSON.parse(text)
    if (format !== FORMAT || !Number.isInteger(pid) || typeof dataDir !== 'string' || !Array.isArray(places)) return null
    const decoded = places.map(([address, port]) => ({ address, port }))
    const good = decoded.every(({ address, port }) => net.isIP(address) !== 0 && Number.isInteger(port))
    return good ? { pid, dataDir: dataDir.slice(0, 1024), places: decoded } : null
  } catch {
    return null
  }
}

/** Whether two nodes cannot have both: one port, and one address or the wildcard of one family ("::" is IPv6 only). */
export function overlap(a: PortPlace, b: PortPlace): boolean {
  if (a.port !== b.port || net.isIP(a.address) !== net.isIP(b.address)) return false
  return a.address === b.address || isWildcard(a.address) || isWildcard(b.address)
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
