import type { CandidateChange } from './candidate-change.ts'
import { type CandidateList, changeList, firstFit } from './candidate-list.ts'
import type { Candidate } from './compiled-route.ts'
import type { MatchRequest } from './match-request.ts'
import { changeTemplates, searchTemplates, type TemplateNode } from './template-index.ts'
import { foldCase, HASH_START, hashNext, hashText } from './text-hash.ts'
import { changeText, mayHaveLength, type TextIndex } from './text-index.ts'

/** The routes that ask for one path, or for what begins with it. */
type PathCandidates = NonNullable<CandidateList>

/**
 * Candidates by path: the hash of the request's path is taken character by character, and at every segment
 * boundary the table is asked once. So the cost follows the length of the path and not the number of routes,
 * and no substring is made.
 */
export interface PathIndex {
  readonly caseSensitive: TextIndex<PathCandidates> | null
  /** The texts are folded. */
  readonly caseIgnored: TextIndex<PathCandidates> | null
  /** Path patterns by their segments. */
  readonly templates: TemplateNode | null
  /** Routes for every path, and those whose expression has to be tried. */
  readonly everyPath: CandidateList
  /** No rank in here is better. */
  readonly bestRank: number
}

/** See CandidateChange. */
export function changePathIndex(index: PathIndex | null, change: CandidateChange): PathIndex | null {
  const { path, candidate, copies } = change
  let { caseSensitive, caseIgnored, templates, everyPath, bestRank } = index ?? EMPTY
  if (path === undefined || path.type === 'regex') {
    everyPath = changeList(everyPath, change)
  } else if (path.type === 'pattern') {
    templates = changeTemplates(templates, change)
  } else {
    const isFolded = path.caseSensitive === false
    const text = isFolded ? foldText(path.value) : path.value
    const texts = changeText(isFolded ? caseIgnored : caseSensitive, text, hashText(text), (list) => changeList(list, change), copies)
    if (isFolded) caseIgnored = texts
    else caseSensitive = texts
  }
  if (everyPath === null && caseSensitive === null && caseIgnored === null && templates === null) return null
  if (change.kind === 'add' && candidate.rank < bestRank) bestRank = candidate.rank
  return { caseSensitive, caseIgnored, templates, everyPath, bestRank }
}

const EMPTY: PathIndex = { caseSensitive: null, caseIgnored: null, templates: null, everyPath: null, bestRank: Infinity }

/** The better of `best` and the best candidate in the index that fits. */
export function searchPathIndex(index: PathIndex, request: MatchRequest, best: Candidate | null): Candidate | null {
  if (best !== null && best.rank < index.bestRank) return best
  let found = best
  if (index.caseSensitive !== null) found = searchSensitive(index.caseSensitive, request, found)
  if (index.caseIgnored !== null) found = searchIgnored(index.caseIgnored, request, found)
  if (index.templates !== null) found = searchTemplates(index.templates, request, found)
  // At last: with something better at hand no expression has to be tried.
  return firstFit(index.everyPath, request, true, found)
}

function searchSensitive(texts: TextIndex<PathCandidates>, request: MatchRequest, best: Candidate | null): Candidate | null {
  const { path } = request
  const end = path.length < texts.longest ? path.length : texts.longest
  let hash = HASH_START
  for (let length = 1; length <= end; length++) {
    const code = path.charCodeAt(length - 1)
    hash = hashNext(hash, code)
    if (!mayHaveLength(texts, length) || !isBoundary(path, length, code)) continue
    for (let node = texts.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.text.length !== length || !path.startsWith(node.text)) continue
      best = firstFit(node.value, request, length === path.length, best)
    }
  }
  return best
}

function searchIgnored(texts: TextIndex<PathCandidates>, request: MatchRequest, best: Candidate | null): Candidate | null {
  const { path } = request
  const end = path.length < texts.longest ? path.length : texts.longest
  let hash = HASH_START
  for (let length = 1; length <= end; length++) {
    const code = path.charCodeAt(length - 1)
    hash = hashNext(hash, foldCase(code))
    if (!mayHaveLength(texts, length) || !isBoundary(path, length, code)) continue
    for (let node = texts.byHash.get(hash) ?? null; node !== null; node = node.next) {
      if (node.text.length !== length || !startsWithFolded(path, node.text)) continue
      best = firstFit(node.value, request, length === path.length, best)
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

function foldText(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
