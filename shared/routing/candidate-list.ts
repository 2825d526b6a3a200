import type { CandidateChange } from './candidate-change.ts'
import type { Candidate } from './compiled-route.ts'
import type { MatchRequest } from './match-request.ts'
import { criteriaHold } from './route-criteria.ts'

/** Sorted by rank, the best first. */
export type CandidateList = readonly Candidate[]

export const NO_CANDIDATES: CandidateList = []

/** The better of `best` and the first of the list that fits. */
export function firstFit(candidates: CandidateList, request: MatchRequest, best: Candidate | null): Candidate | null {
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index]!
    if (best !== null && best.rank <= candidate.rank) return best
    if (candidate.methods !== null && !candidate.methods.includes(request.method)) continue
    if (candidate.criteria === null || criteriaHold(candidate.criteria, request)) return candidate
  }
  return best
}

export function changeList(list: CandidateList, { kind, candidate, copies }: CandidateChange): CandidateList {
  const place = placeOf(list, candidate.rank)
  if (kind === 'add') {
    const own = copies.list(list)
    own.splice(place, 0, candidate)
    return own
  }
  const found = indexOfRoute(list, candidate, place)
  if (found === -1) return list
  const own = copies.list(list)
  own.splice(found, 1)
  return own.length === 0 ? NO_CANDIDATES : own
}

/** The place of the first candidate with this rank or a greater one. */
function placeOf(list: CandidateList, rank: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]!.rank < rank) low = middle + 1
    else high = middle
  }
  return low
}

/** Within an edit two routes can have the same rank: one that was given it, and one that is still to lose it. */
function indexOfRoute(list: CandidateList, { rank, route }: Candidate, from: number): number {
  for (let index = from; index < list.length && list[index]!.rank === rank; index++) if (list[index]!.route === route) return index
  return -1
}
