import type { CandidateChange } from './candidate-change.ts'
import type { Candidate } from './compiled-route.ts'
import type { HostEntry, HostTable, RouteTable } from './compiled-routes.ts'
import type { MatchRequest } from './match-request.ts'
import { changePathIndex, searchPathIndex } from './path-index.ts'
import { HASH_START, hashNext, hashTextBackwards } from './text-hash.ts'
import { changeText, mayHaveLength, type TextIndex } from './text-index.ts'

/** See CandidateChange. */
export function changeTable(table: RouteTable | null, change: CandidateChange): RouteTable | null {
  const { tenantCode, copies } = change
  const { hosts, tenants } = table ?? EMPTY_TABLE
  const changed = tenantCode === undefined
    ? { hosts: changeHosts(hosts, change), tenants }
    : { hosts, tenants: copies.withKey(tenants, tenantCode, changeHosts(tenants?.get(tenantCode) ?? null, change)) }
  return changed.hosts === null && changed.tenants === null ? null : changed
}

const EMPTY_TABLE: RouteTable = { hosts: null, tenants: null }

function changeHosts(table: HostTable | null, change: CandidateChange): HostTable | null {
  const { host, copies } = change
  let { names, suffixes, any } = table ?? EMPTY_HOSTS
  if (host.kind === 'any') {
    any = changeHostEntry(any, change)
  } else if (host.kind === 'suffix') {
    const text = `.${host.name}`
    suffixes = changeText(suffixes, text, hashTextBackwards(text), (entry) => changeHostEntry(entry, change), copies)
  } else {
    names = copies.withKey(names, host.name, changeHostEntry(names?.get(host.name) ?? null, change))
  }
  return names === null && suffixes === null && any === null ? null : { names, suffixes, any }
}

const EMPTY_HOSTS: HostTable = { names: null, suffixes: null, any: null }

function changeHostEntry(entry: HostEntry | null, change: CandidateChange): HostEntry | null {
  const { host, copies } = change
  let { everyPort, ports } = entry ?? EMPTY_ENTRY
  if (host.port === undefined) everyPort = changePathIndex(everyPort, change)
  else ports = copies.withKey(ports, host.port, changePathIndex(ports?.get(host.port) ?? null, change))
  return everyPort === null && ports === null ? null : { everyPort, ports }
}

const EMPTY_ENTRY: HostEntry = { everyPort: null, ports: null }

/** The better of `best` and the best candidate of the table that fits. */
export function searchTable(table: RouteTable, request: MatchRequest, best: Candidate | null): Candidate | null {
  if (table.tenants !== null && request.tenantCode !== '') {
    const own = table.tenants.get(request.tenantCode)
    if (own !== undefined) best = searchHosts(own, request, best)
  }
  return table.hosts === null ? best : searchHosts(table.hosts, request, best)
}

function searchHosts(table: HostTable, request: MatchRequest, best: Candidate | null): Candidate | null {
  const named = table.names === null ? undefined : table.names.get(request.host)
  if (named !== undefined) best = searchHostEntry(named, request, best)
  if (table.suffixes !== null) best = searchSuffixes(table.suffixes, request, best)
  return table.any === null ? best : searchHostEntry(table.any, request, best)
}

function searchHostEntry(entry: HostEntry, request: MatchRequest, best: Candidate | null): Candidate | null {
  if (entry.ports !== null) {
    const index = entry.ports.get(request.hostPort)
    if (index !== undefined) best = searchPathIndex(index, request, best)
  }
  return entry.everyPort === null ? best : searchPathIndex(entry.everyPort, request, best)
}

/** Hashes the host from its end and asks the table at every dot, so that no substring is made. */
function searchSuffixes(suffixes: TextIndex<HostEntry>, request: MatchRequest, best: Candidate | null): Candidate | null {
  const { host } = request
  if (host.startsWith('.') || host.includes('..')) return best
  const last = host.length - Math.min(host.length - 1, suffixes.longest)
  let hash = HASH_START
  for (let index = host.length - 1; index >= last; index--) {
    const code = host.charCodeAt(index)
    hash = hashNext(hash, code)
    if (code !== DOT || !mayHaveLength(suffixes, host.length - index)) continue
    for (let node = suffixes.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.text.length === host.length - index && host.endsWith(node.text)) best = searchHostEntry(node.value, request, best)
    }
  }
  return best
}

const DOT = 0x2e
