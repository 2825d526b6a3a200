import type { Ack } from '../../shared/schema/node-api.ts'
import type { ApiClient } from './api-client.ts'
import { EXIT } from './exit-codes.ts'
import type { Output } from './output.ts'
import { readSeconds } from './read-number.ts'

/** What one node did with a revision, as the API tells it. */
export type NodeRollout = { nodeId: string; state: 'pending' | Ack['result'] } & Partial<Ack>
export interface Rollout {
  revision: number
  /** No node should serve it any more; what is pending stays so. */
  superseded: boolean
  nodes: NodeRollout[]
}

/** Options of every command that publishes. */
export const WAIT_OPTIONS = {
  wait: { help: 'wait until every node has answered; the exit code tells what came of it' },
  timeout: { value: 'SECONDS', help: 'how long to wait (60)' }
} as const

/** The control plane answers as soon as all is known, and at the latest after this; then what became known is told. */
const ANSWER_AFTER_SECONDS = 2

/**
 * Waits until every node that should serve the revision has said what it did with it.
 * @returns the exit code of --wait, and the last that was known
 */
export async function waitForRollout(api: ApiClient, out: Output, revision: number, timeout: string | undefined): Promise<{ exitCode: number; rollout: Rollout }> {
  const end = performance.now() + readSeconds('--timeout', timeout ?? '60') * 1000
  const told = new Set<string>()
  for (;;) {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    const rollout = await api.get<Rollout>(`/snapshots/${revision}/rollout`, { waitSeconds: String(Math.min(ANSWER_AFTER_SECONDS, left)) })
    for (const { nodeId, state } of rollout.nodes) {
      if (state === 'pending' || told.has(nodeId)) continue
      told.add(nodeId)
      out.note(`${nodeId}: ${state.replaceAll('_', ' ')} (${told.size} of ${rollout.nodes.length})`)
    }
    const pending = rollout.nodes.filter(({ state }) => state === 'pending')
    if (pending.length === 0) return { exitCode: verdictOf(rollout, out), rollout }
    if (rollout.superseded) {
      out.note(`another revision took the place of ${revision} before every node had it`)
      return { exitCode: EXIT.timeout, rollout }
    }
    if (performance.now() >= end) {
      out.note(`no answer in time of ${pending.map(({ nodeId }) => nodeId).join(', ')}; see "gateway nodes list" and "gateway snapshots rollout ${revision}"`)
      return { exitCode: EXIT.timeout, rollout }
    }
  }
}

function verdictOf({ nodes }: Rollout, out: Output): number {
  if (nodes.length === 0) out.note('no data node is enrolled, so nobody serves it yet: gateway nodes enroll NAME')
  for (const { nodeId, state, issues = [] } of nodes) {
    if (state === 'applied') continue
    out.note(`${nodeId}:`)
    out.issues(issues)
  }
  if (nodes.some(({ state }) => state === 'refused')) return EXIT.refused
  return nodes.some(({ state }) => state === 'applied_with_issues') ? EXIT.withIssues : EXIT.done
}
