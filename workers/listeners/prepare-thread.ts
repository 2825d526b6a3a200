import type { Issue } from '../../shared/schema/issue.ts'
import type { ThreadResult } from '../../shared/schema/node-api.ts'
import type { PlannedConfiguration } from '../configuration/node-configuration.ts'
import type { NodeSecrets } from '../credential.ts'
import type { ListenEndpoint } from '../endpoint.ts'
import type { ThreadPrepared } from '../messages.ts'
import type { ThreadSlot } from './thread-slot.ts'

/** A thread builds the configuration aside, piece by piece; between two pieces it serves. A thread that ends refuses. */
export async function prepareThread(slot: ThreadSlot, planned: PlannedConfiguration): Promise<ThreadResult> {
  const whole = planned.base === null || slot.serving !== planned.base
  const issues: Issue[] = []
  let blockedMs = 0
  const took = (answer: ThreadPrepared): void => {
    blockedMs += answer.blockedMs
    issues.push(...answer.issues)
  }
  try {
    took(await slot.call((id) => ({ kind: 'prepare', id, desired: planned.desired, whole })))
    for (const part of whole ? planned.whole() : planned.changes()) took(await slot.call((id) => ({ kind: 'prepare-part', id, part })))
    took(await slot.call((id) => ({ kind: 'prepare-end', id })))
  } catch (error) {
    issues.push({ path: '', code: 'thread_failed', message: `thread ${slot.thread} ended while it prepared the snapshot: ${(error as Error).message}`, severity: 'error' })
  }
  return {
    thread: slot.thread,
    result: issues.some(({ severity }) => severity === 'error') ? 'refused' : 'applied',
    preparedInMs: Math.round(blockedMs * 100) / 100,
    at: new Date().toISOString(),
    issues
  }
}

/** The thread serves what it prepared. */
export async function commitThread(slot: ThreadSlot, planned: PlannedConfiguration, endpoints: ListenEndpoint[]): Promise<void> {
  await slot.call((id) => ({ kind: 'commit', id, endpoints }))
  slot.serving = planned.number
}

export function giveCredentials(slot: ThreadSlot, credentials: NodeSecrets): Promise<unknown> {
  return slot.call((id) => ({ kind: 'credentials', id, credentials }))
}
