import { type Issue, hasErrors } from '../../shared/schema/issue.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { ApiClient } from './api-client.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import type { Output } from './output.ts'
import { waitForRollout } from './wait-for-rollout.ts'

/** What POST /config/validate answers. */
export interface Validation {
  issues: Issue[]
  draftHash: string
  live: Desired | null
  behindRollback: boolean
}

/** What a publish or a rollback answers. */
export interface Published extends Desired {
  unchanged: boolean
  issues: Issue[]
  nodes: string[]
  announced: boolean
  canary?: { nodes: string[]; holdSeconds: number }
  confirmUntil?: string
}

/** A second person has to approve it first. */
interface Proposed { proposalId: string }

interface PublishOptions {
  readonly note: string | undefined
  readonly 'acknowledge-rollback': boolean
  readonly force: boolean
  readonly guards: Record<string, unknown>
}

/** Options of every command that publishes the draft. */
export const PUBLISH_OPTIONS = {
  note: { value: 'TEXT', help: 'why; shown in the history' },
  'acknowledge-rollback': { help: 'publish although the last publish was a rollback' },
  force: { help: 'publish although nodes are too old for it; noted in the audit' }
} as const

/** Checks the draft and publishes exactly what was checked. @throws Failure with every issue */
export async function publishDraft(api: ApiClient, out: Output, options: PublishOptions): Promise<Published> {
  const { issues, draftHash, live } = await api.send<Validation>('POST', '/config/validate', {})
  if (hasErrors(issues)) throw new Failure(EXIT.refused, 'the draft has errors; nothing was published', { code: 'config_invalid', issues })
  const published = await api.send<Published | Proposed>('POST', '/config/publish', {
    expectedRevision: live?.revision ?? 0,
    expectedDraftHash: draftHash,
    note: options.note ?? '',
    acknowledgeRollback: options['acknowledge-rollback'],
    force: options.force,
    ...options.guards
  }).catch((error: Error) => {
    if (!(error instanceof Failure) || error.code !== 'behind_rollback') throw error
    throw new Failure(error.exitCode, 'the last publish was a rollback, and the draft still holds what was rolled back: see gateway diff; then gateway discard, or publish it with --acknowledge-rollback', { code: error.code })
  })
  if ('proposalId' in published) throw new Failure(EXIT.refused, `nothing is published yet: a second person has to approve it, in the admin page or with POST /config/proposals/${published.proposalId}/approve`, { code: 'approval_needed' })
  out.issues(published.issues)
  return published
}

/** Tells what was published, and waits for the nodes where that is asked for. @returns the exit code */
export async function tellPublished(api: ApiClient, out: Output, published: Published, { wait, timeout }: { wait: boolean; timeout: string | undefined }): Promise<number> {
  if (!out.isJson) out.line(published.unchanged ? `unchanged: revision ${published.revision} is live already` : `published revision ${published.revision}`)
  if (published.canary !== undefined) out.note(`a canary on ${published.canary.nodes.join(', ')} for ${published.canary.holdSeconds} s: gateway canary show`)
  if (published.confirmUntil !== undefined) out.note(`goes back by itself at ${published.confirmUntil}, unless: gateway confirm ${published.revision}`)
  if (!published.announced && !published.unchanged) out.note('Redis is away, so the nodes were not told; they find it when they ask next')
  if (!wait) {
    if (out.isJson) out.json(published)
    return EXIT.done
  }
  const { exitCode, rollout } = await waitForRollout(api, out, published.revision, timeout)
  if (out.isJson) out.json({ ...published, rollout: rollout.nodes })
  return exitCode
}
