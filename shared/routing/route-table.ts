import type { PathMatch } from '../schema/match.ts'
import type { Candidate } from './compiled-route.ts'
import type { HostEntry, RouteTable, SuffixIndex } from './compiled-routes.ts'
import type { HostPattern } from './host-pattern.ts'
import { addToPathIndex, createPathIndex, searchPathIndex } from './path-index.ts'
import { HASH_START, hashNext } from './text-hash.ts'

export function createTable(): RouteTable {
  return { names: new Map(), suffixes: null, any: createHostEntry() }
}

/** Candidates must be added in the order of their ranks. */
export function addToTable(table: RouteTable, host: HostPattern, path: PathMatch | undefined, candidate: Candidate): void {
  const entry = hostEntryOf(table, host)
  if (host.port === undefined) {
    addToPathIndex((entry.everyPort ??= createPathIndex(candidate.rank)), path, candidate)
    return
  }
  const ports = (entry.ports ??= new Map())
  let index = ports.get(host.port)
  if (index === undefined) ports.set(host.port, (index = createPathIndex(candidate.rank)))
  addToPathIndex(index, path, candidate)
}

/** The better of `best` and the best candidate of the table that fits. */
export function searchTable(table: RouteTable, host: string, port: number, path: string, method: string, best: Candidate | null): Candidate | null {
  const named = table.names.get(host)
  if (named !== undefined) best = searchHostEntry(named, port, path, method, best)
  if (table.suffixes !== null) best = searchSuffixes(table.suffixes, host, port, path, method, best)
  return searchHostEntry(table.any, port, path, method, best)
}

function searchHostEntry(entry: HostEntry, port: number, path: string, method: string, best: Candidate | null): Candidate | null {
  if (entry.ports !== null) {
    const index = entry.ports.get(port)
    if (index !== undefined) best = searchPathIndex(index, path, method, best)
  }
  return entry.everyPort === null ? best : searchPathIndex(entry.everyPort, path, method, best)
}

/** Hashes the host from its end and asks the table at every dot, so that no substring is made. */
function searchSuffixes(suffixes: SuffixIndex, host: string, port: number, path: string, method: string, best: Candidate | null): Candidate | null {
  if (host.startsWith('.') || host.includes('..')) return best
  const last = host.length - Math.min(host.length - 1, suffixes.longest)
  let hash = HASH_START
  for (let index = host.length - 1; index >= last; index--) {
    const code = host.charCodeAt(index)
    hash = hashNext(hash, code)
    if (code !== DOT) continue
    for (let node = suffixes.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.suffix.length === host.length - index && host.endsWith(node.suffix)) best = searchHostEntry(node.entry, port, path, method, best)
    }
  }
  return best
}

const DOT = 0x2e

function hostEntryOf(table: RouteTable, host: HostPattern): HostEntry {
  if (host.kind === 'any') return table.any
  if (host.kind === 'suffix') return suffixEntryOf((table.suffixes ??= { byHash: new Map(), longest: 0 }), `.${host.name}`)
  let entry = table.names.get(host.name)
  if (entry === undefined) table.names.set(host.name, (entry = createHostEntry()))
  return entry
}

function suffixEntryOf(suffixes: SuffixIndex, suffix: string): HostEntry {
  let hash = HASH_START
  for (let index = suffix.length - 1; index >= 0; index--) hash = hashNext(hash, suffix.charCodeAt(index))
  const first = suffixes.byHash.get(hash) ?? null
  for (let node = first; node !== null; node = node.next) if (node.suffix === suffix) return node.entry
  const entry = createHostEntry()
  suffixes.byHash.set(hash, { suffix, entry, next: first })
  suffixes.longest = Math.max(suffixes.longest, suffix.length)
  return entry
}

function createHostEntry(): HostEntry {
  return { everyPort: null, ports: null }
}
