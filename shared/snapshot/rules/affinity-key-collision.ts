import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

const BY_COOKIE = new Set(['HashCookie', 'ArrCookie', 'Cookie'])

/** Warns of two upstreams whose clients would bring one and the same key: whoever is bound at one loses its place at the other. */
export function affinityKeyCollision({ upstreams }: SnapshotContent): Issue[] {
  const seen = new Map<string, string>()
  return upstreams.flatMap(({ name, enabled, sessionAffinity }, index) => {
    const { policy, keyName, cookie } = sessionAffinity
    // A Hash key is the client's own, and means the same everywhere.
    if (!enabled || !sessionAffinity.enabled || policy === 'Hash') return []
    const key = BY_COOKIE.has(policy) ? `cookie ${keyName} ${cookie?.domain ?? ''} ${cookie?.path ?? '/'}` : `header ${keyName.toLowerCase()}`
    const other = seen.get(key)
    seen.set(key, name)
    if (other === undefined) return []
    return [warningIssue(`/upstreams/${index}/sessionAffinity/keyName`, 'affinity_key_collision', `upstream "${name}" and upstream "${other}" bind clients by the same ${BY_COOKIE.has(policy) ? 'cookie' : 'header'} ${keyName}: a client of both is bound anew each time it changes; give one another keyName`)]
  })
}
