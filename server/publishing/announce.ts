import { CHANNELS } from '../../shared/schema/channels.ts'
import type { ConfigHint, CredentialHint, NodeHint } from '../../shared/schema/node-api.ts'
import type { Deps } from '../deps.ts'

/** Nudges the nodes. @returns false when Redis is away: they find the revision by polling. */
export async function announceConfig(deps: Deps, hint: ConfigHint): Promise<boolean> {
  return publishHint(deps, CHANNELS.config, hint)
}

/** Nudges the nodes to ask for certificates; without Redis they find the change by polling. */
export async function announceCredentials(deps: Deps): Promise<boolean> {
  const hint: CredentialHint = { kind: 'credentials' }
  return publishHint(deps, CHANNELS.config, hint)
}

/** Tells the other control-web processes that a node reported something. Never rejects; nobody needs to wait for it. */
export async function announceNode(deps: Deps, hint: NodeHint): Promise<boolean> {
  return publishHint(deps, CHANNELS.nodes, hint)
}

async function publishHint(deps: Deps, channel: string, hint: object): Promise<boolean> {
  try {
    await deps.redis.publish(channel, JSON.stringify(hint))
    return true
  } catch (error) {
    deps.log.debug({ channel, reason: (error as Error).message }, 'a hint could not be sent')
    return false
  }
}
