import type { CandidateChange } from './candidate-change.ts'
import type { Candidate } from './compiled-route.ts'
import type { MatchRequest } from './match-request.ts'
import { methodFits } from './method-fits.ts'
import { criteriaHold } from './route-criteria.ts'

/**
 * Sorted by rank, the best first; null where it would be empty. Nearly all lists are of one candidate, which then stands for
 * itself: each object less on the way to a route is one less to be fetched from memory when there are thousands.
 */
export type CandidateList = null | Candidate | readonly Candidate[]

/** The better of `best` and the first of the list that fits. `isWholePath`: it was found by all of the request's path. */
export function firstFit(candidates: CandidateList, request: MatchRequest, isWholePath: boolean, best: Candidate | null): Candidate | null {
  if (candidates === null) return best
  if (!isSeveral(candidates)) return (best === null || best.rank > candidates.rank) && fits(candidates, request, isWholePath) ? candidates : best
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index]!
    if (best !== null && best.rank <= candidate.rank) return best
    if (fits(candidate, request, isWholePath)) return candidate
  }
  return best
}

function fits(candidate: Candidate, request: MatchRequest, isWholePath: boolean): boolean {
  const { isExact, methods, criteria } = candidate
  if (isExact && !isWholePath) return false
  if (methods !== null && !methodFits(candidate, request)) return false
  return criteria === null || criteriaHold(criteria, request)
}

function isSeveral(list: Candidate | readonly Candidate[]): list is readonly Candidate[] {
  return Array.isArray(list)
}

export function changeList(list: CandidateList, change: CandidateChange): CandidateList {
  if (list !== null && isSeveral(list)) return changeSeveral(list, change)
  const { kind, candidate } = change
  if (kind === 'remove') return list !== null && list.rank === candidate.rank && list.route === candidate.route ? null : list
  if (list === null) return candidate
  return change.copies.own(list.rank < candidate.rank ? [list, candidate] : [candidate, list])
}

function changeSeveral(list: readonly Candidate[], { kind, candidate, copies }: CandidateChange): CandidateList {
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
  return own.length === 1 ? own[0]! : own
}

/** The place of the first candidate with this rank or a greater one. */
function placeOf(list: readonly Candidate[], rank: number): number {
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
function indexOfRoute(list: readonly Candidate[], { rank, route }: Candidate, from: number): number {
  for (let index = from; index < list.length && list[index]!.rank === rank; index++) if (list[index]!.route === route) return index
  return -1
}
