import { promises as dns } from 'node:dns'

export interface NameAnswer {
  /** Of both families. */
  addresses: string[]
  /** How long the answer holds. */
  ttlMs: number
}

/** For names whose time to live is not known, as those of hosts files. */
const UNKNOWN_TTL_MS = 10_000
const LEAST_TTL_MS = 1_000
const MOST_TTL_MS = 300_000

// The system has asked just now, so the name servers know the answer. Where there are none, as with a hosts file alone, the
// first requests must not wait for them.
const resolver = new dns.Resolver({ timeout: 250, tries: 1 })

/**
 * Asks the system (getaddrinfo, so that hosts files work), and the name servers for the time to live where they agree with
 * what the system says. Rejects when the name is not known.
 */
export async function lookUpName(name: string): Promise<NameAnswer> {
  const found = await dns.lookup(name, { all: true })
  const addresses = [...new Set(found.map(({ address }) => address))]
  return { addresses, ttlMs: await timeToLive(name, addresses) }
}

async function timeToLive(name: string, addresses: readonly string[]): Promise<number> {
  const none = (): { address: string; ttl: number }[] => []
  const [four, six] = await Promise.all([resolver.resolve4(name, { ttl: true }).catch(none), resolver.resolve6(name, { ttl: true }).catch(none)])
  const records = [...four, ...six]
  const known = new Set(records.map(({ address }) => address))
  if (records.length === 0 || known.size !== addresses.length || !addresses.every((address) => known.has(address))) return UNKNOWN_TTL_MS
  const seconds = Math.min(...records.map(({ ttl }) => ttl))
  return Math.min(MOST_TTL_MS, Math.max(LEAST_TTL_MS, seconds * 1000))
}
