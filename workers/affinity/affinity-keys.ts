import { createHmac } from 'node:crypto'

/** The keys by which clients name targets. */
export interface AffinityKeys {
  /** '' while no key can be given. */
  keyOf(targetId: string): string
  /** The target's id; null when the key is nobody's. */
  targetOf(key: string): string | null
}

/** Keys that depend on nothing but the ids. */
export function fixedKeys(targetIds: readonly string[], keyOf: (targetId: string) => string): AffinityKeys {
  const keys = new Map(targetIds.map((id) => [id, keyOf(id)]))
  const ids = new Map([...keys].map(([id, key]) => [key, id]))
  return { keyOf: (id) => keys.get(id) ?? keyOf(id), targetOf: (key) => ids.get(key) ?? null }
}

/**
 * Keys that tell nothing and that only a node of the fleet can make: HMAC-SHA256 of upstream and target (where YARP encrypts
 * the id: BaseEncryptedSessionAffinityPolicy.cs). Made anew when the fleet's key changes.
 */
export function signedKeys(upstreamId: string, targetIds: readonly string[], fleetKey: () => Buffer | null): AffinityKeys {
  let madeWith: Buffer | null = null
  let keys = fixedKeys([], () => '')
  const current = (): AffinityKeys => {
    const key = fleetKey()
    if (key === madeWith) return keys
    madeWith = key
    keys = key === null ? fixedKeys([], () => '') : fixedKeys(targetIds, (id) => createHmac('sha256', key).update(`${upstreamId}\0${id}`).digest('base64url'))
    return keys
  }
  return { keyOf: (id) => current().keyOf(id), targetOf: (key) => current().targetOf(key) }
}
