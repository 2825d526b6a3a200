import type { PathMatch } from '../schema/match.ts'
import type { Candidate } from './compiled-route.ts'
import { foldCase, HASH_START, hashNext } from './text-hash.ts'

/** The routes that ask for one path, as prefix or exact. */
interface PathNode {
  /** Folded in an index without letter case. */
  readonly path: string
  /** By rank. */
  readonly exact: Candidate[]
  readonly prefix: Candidate[]
  /** Another path with the same hash. */
  next: PathNode | null
}

interface PathHashes {
  readonly byHash: Map<number, PathNode>
  /** Length of the longest path: no prefix of a request longer than this needs a look. */
  longest: number
}

/**
 * Candidates by path: the hash of the request's path is taken character by character, and at every segment
 * boundary the table is asked once. So the cost follows the length of the path and not the number of routes,
 * and no substring is made.
 */
export interface PathIndex {
  caseSensitive: PathHashes | null
  caseIgnored: PathHashes | null
  /** Routes for every path, by rank. */
  readonly everyPath: Candidate[]
  /** The best rank in here: that of the first candidate. */
  readonly bestRank: number
}

/** An index for candidates of which the best has this rank. */
export function createPathIndex(bestRank: number): PathIndex {
  return { caseSensitive: null, caseIgnored: null, everyPath: [], bestRank }
}

/** Candidates must be added in the order of their ranks. */
export function addToPathIndex(index: PathIndex, path: PathMatch | undefined, candidate: Candidate): void {
  if (path === undefined) {
    index.everyPath.push(candidate)
    return
  }
  const ignoresCase = path.caseSensitive === false
  const hashes = ignoresCase ? (index.caseIgnored ??= createHashes()) : (index.caseSensitive ??= createHashes())
  const node = nodeOf(hashes, ignoresCase ? foldText(path.value) : path.value)
  const list = path.type === 'exact' ? node.exact : node.prefix
  list.push(candidate)
}

/** The better of `best` and the best candidate in the index that fits path and method. */
export function searchPathIndex(index: PathIndex, path: string, method: string, best: Candidate | null): Candidate | null {
  if (best !== null && best.rank < index.bestRank) return best
  let found = firstFit(index.everyPath, method, best)
  if (index.caseSensitive !== null) found = searchSensitive(index.caseSensitive, path, method, found)
  if (index.caseIgnored !== null) found = searchIgnored(index.caseIgnored, path, method, found)
  return found
}

function searchSensitive(hashes: PathHashes, path: string, method: string, best: Candidate | null): Candidate | null {
  const end = path.length < hashes.longest ? path.length : hashes.longest
  let hash = HASH_START
  for (let length = 1; length <= end; length++) {
    const code = path.charCodeAt(length - 1)
    hash = hashNext(hash, code)
    if (!isBoundary(path, length, code)) continue
    for (let node = hashes.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.path.length !== length || !path.startsWith(node.path)) continue
      best = firstFit(node.prefix, method, best)
      if (length === path.length) best = firstFit(node.exact, method, best)
    }
  }
  return best
}

function searchIgnored(hashes: PathHashes, path: string, method: string, best: Candidate | null): Candidate | null {
  const end = path.length < hashes.longest ? path.length : hashes.longest
  let hash = HASH_START
  for (let length = 1; length <= end; length++) {
    const code = path.charCodeAt(length - 1)
    hash = hashNext(hash, foldCase(code))
    if (!isBoundary(path, length, code)) continue
    for (let node = hashes.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.path.length !== length || !startsWithFolded(path, node.path)) continue
      best = firstFit(node.prefix, method, best)
      if (length === path.length) best = firstFit(node.exact, method, best)
    }
  }
  return best
}

/** True where a prefix of this length may end: at the end, before a slash, or with a slash. */
function isBoundary(path: string, length: number, lastCode: number): boolean {
  return length === path.length || lastCode === SLASH || path.charCodeAt(length) === SLASH
}

const SLASH = 0x2f

function startsWithFolded(path: string, folded: string): boolean {
  for (let index = 0; index < folded.length; index++) {
    if (foldCase(path.charCodeAt(index)) !== folded.charCodeAt(index)) return false
  }
  return true
}

/** The lists are sorted by rank, so the first that fits is the best of its list. */
function firstFit(candidates: readonly Candidate[], method: string, best: Candidate | null): Candidate | null {
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index]!
    if (best !== null && best.rank <= candidate.rank) return best
    if (candidate.methods === null || candidate.methods.includes(method)) return candidate
  }
  return best
}

function createHashes(): PathHashes {
  return { byHash: new Map(), longest: 0 }
}

function nodeOf(hashes: PathHashes, path: string): PathNode {
  let hash = HASH_START
  for (let index = 0; index < path.length; index++) hash = hashNext(hash, path.charCodeAt(index))
  const first = hashes.byHash.get(hash) ?? null
  for (let node = first; node !== null; node = node.next) if (node.path === path) return node
  const node: PathNode = { path, exact: [], prefix: [], next: first }
  hashes.byHash.set(hash, node)
  hashes.longest = Math.max(hashes.longest, path.length)
  return node
}

function foldText(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
