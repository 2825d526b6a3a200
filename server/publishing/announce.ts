import { CHANNELS } from '../../shared/schema/channels.ts'
import type { ConfigHint, CredentialHint, NodeHint, OperationHint } from '../../shared/schema/node-api.ts'
import type { Deps } from '../deps.ts'

/** As much as a hint needs. */
type HintDeps = Pick<Deps, 'redis' | 'log'>

/** Nudges the nodes. @returns false when Redis is away: they find the revision by polling. */
export async function announceConfig(deps: HintDeps, hint: ConfigHint): Promise<boolean> {
  return publishHint(deps, CHANNELS.config, hint)
}

/** Nudges the nodes to ask for certificates; without Redis they find the change by polling. */
export async function announceCredentials(deps: HintDeps): Promise<boolean> {
  const hint: CredentialHint = { kind: 'credentials' }
  return publishHint(deps, CHANNELS.config, hint)
}

/** Nudges the nodes to ask for the operational state; without Redis they find the change by polling. */
export async function announceOperation(deps: HintDeps): Promise<boolean> {
  const hint: OperationHint = { kind: 'operation' }
  return publishHint(deps, CHANNELS.config, hint)
}

/** Nudges control-jobs to look for names that need certificates; without Redis they look every minute. */
export async function announceAcme(deps: HintDeps): Promise<boolean> {
  return publishHint(deps, CHANNELS.acme, {})
}

/** Tells the other control-web processes that a node reported something. Never rejects; nobody needs to wait for it. */
export async function announceNode(deps: HintDeps, hint: NodeHint): Promise<boolean> {
  return publishHint(deps, CHANNELS.nodes, hint)
}

async function publishHint(deps: HintDeps, channel: string, hint: object): Promise<boolean> {
  try {
    await deps.redis.publish(channel, JSON.stringify(hint))
    return true
  } catch (error) {
    deps.log.debug({ channel, reason: (error as Error).message }, 'a hint could not be sent')
    return false
  }
}
