import type { EventKind } from '../../../../shared/schema/event.ts'
import type { NodeItem } from '../../api/types.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'
import type { Tone } from '../../widgets/status.svelte'

/** After these the list of nodes is read again. */
export const NODE_EVENTS: readonly EventKind[] = ['publish', 'rollback', 'applied', 'refusal', 'drift', 'drift_ended', 'canary_promoted', 'node_gone', 'node_back', 'node_appeared', 'node_unknown', 'node_online', 'node_behind', 'node_caught_up', 'node_drained', 'node_undrained']

/** A node's state in one word, worst first. */
export function nodeState(node: NodeItem): { tone: Tone; words: WordKey } {
  if (!node.online) return { tone: 'bad', words: node.lastHeartbeatAt === null ? 'nodes.never' : 'nodes.offline' }
  if (node.drain !== null || node.heartbeat?.draining === true) return { tone: 'warn', words: 'nodes.draining' }
  if (node.ack?.result === 'refused' && node.ack.revision === node.desired?.revision) return { tone: 'bad', words: 'nodes.refused' }
  if (node.behind) return { tone: 'warn', words: 'nodes.behind' }
  if (node.serving === null) return { tone: 'plain', words: 'nodes.idle' }
  if (node.ack?.result === 'applied_with_issues' && node.ack.revision === node.serving.revision) return { tone: 'warn', words: 'nodes.withIssues' }
  return { tone: 'good', words: 'nodes.serving' }
}
