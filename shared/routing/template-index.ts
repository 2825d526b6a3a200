import type { CandidateChange } from './candidate-change.ts'
import { type CandidateList, changeList, firstFit } from './candidate-list.ts'
import type { Candidate } from './compiled-route.ts'
import type { MatchRequest } from './match-request.ts'
import type { OwnCopies } from './own-copies.ts'
import { decodeSegment } from './template/decode-segment.ts'
import { foldText } from './template/fold-text.ts'
import { indexSteps, type TemplateStep } from './template/index-steps.ts'

/**
 * Path patterns by their segments. It only says which candidates a path may fit; each is then tried as a whole, with
 * its constraints and letter case.
 */
export interface TemplateNode {
  /** By the decoded segment in lower case. */
  readonly literals: ReadonlyMap<string, TemplateNode> | null
  /** Any segment that is not empty. */
  readonly parameter: TemplateNode | null
  /** Those that may end here. */
  readonly ends: CandidateList
  /** Those that take all the rest, also nothing. */
  readonly catchAlls: CandidateList
}

const EMPTY: TemplateNode = { literals: null, parameter: null, ends: null, catchAlls: null }

/** See CandidateChange. */
export function changeTemplates(root: TemplateNode | null, change: CandidateChange): TemplateNode | null {
  const template = change.candidate.criteria?.template ?? null
  return template === null ? root : changeNode(root, indexSteps(template), 0, change)
}

function changeNode(node: TemplateNode | null, steps: readonly TemplateStep[], at: number, change: CandidateChange): TemplateNode | null {
  let { literals, parameter, ends, catchAlls } = node ?? EMPTY
  const step = steps[at]
  if (step === undefined || step.mayEndBefore) ends = changeList(ends, change)
  if (step?.kind === 'catch-all') catchAlls = changeList(catchAlls, change)
  else if (step?.kind === 'parameter') parameter = changeNode(parameter, steps, at + 1, change)
  else if (step?.kind === 'literal') literals = changeLiteral(literals, step.text, (below) => changeNode(below, steps, at + 1, change), change.copies)
  return literals === null && parameter === null && ends === null && catchAlls === null ? null : { literals, parameter, ends, catchAlls }
}

function changeLiteral(literals: TemplateNode['literals'], text: string, change: (node: TemplateNode | null) => TemplateNode | null, copies: OwnCopies): TemplateNode['literals'] {
  return copies.withKey(literals, text, change(literals?.get(text) ?? null))
}

/** The better of `best` and the best pattern that fits. */
export function searchTemplates(root: TemplateNode, request: MatchRequest, best: Candidate | null): Candidate | null {
  return searchNode(root, request, 1, best)
}

/** `at` is the place behind the slash that the next segment follows; behind the end there is none. */
function searchNode(node: TemplateNode, request: MatchRequest, at: number, best: Candidate | null): Candidate | null {
  const { path } = request
  best = firstFit(node.catchAlls, request, true, best)
  // A slash at the end begins no segment.
  if (at >= path.length) return firstFit(node.ends, request, true, best)
  if (node.literals === null && node.parameter === null) return best
  const slash = path.indexOf('/', at)
  const end = slash === -1 ? path.length : slash
  if (end === at) return best
  if (node.literals !== null) {
    const below = node.literals.get(foldText(decodeSegment(path.slice(at, end))))
    if (below !== undefined) best = searchNode(below, request, end + 1, best)
  }
  return node.parameter === null ? best : searchNode(node.parameter, request, end + 1, best)
}
