import type { SessionAffinity } from '../schema/session-affinity.ts'
import { fieldValue } from '../transforms/header-lines.ts'
import type { Affinity, AffinityRequest, AffinityTarget, Binding } from './affinity.ts'
import { RecentWinners } from './recent-winners.ts'
import { drawOf, type KeyHash, keyHashOf } from './rendezvous.ts'

/** By a key that the request brings: its user, else its tenant, else its own header. Nothing is kept, and no cookie is set. */
export function hashAffinity({ keyName, boundedLoad }: SessionAffinity): Affinity {
  const header = keyName.toLowerCase()
  const [byUser, byTenant, byHeader] = ['user', 'tenant', 'header'].map((kind) => new RecentWinners(`${kind}:`))
  const winnerOf = <T extends AffinityTarget>(recent: RecentWinners, value: string, available: readonly T[]): T | null => {
    // Under a bounded load the winner changes with every request that begins or ends.
    if (boundedLoad > 0) return strongest(keyHashOf(recent.prefix + value), available, boundedLoad)
    return recent.find(value, available) ?? recent.add(value, strongest(keyHashOf(recent.prefix + value), available, 0))
  }
  const find = <T extends AffinityTarget>({ user, tenant, fields }: AffinityRequest, available: readonly T[]): T | null => {
    if (user !== '') return winnerOf(byUser!, user, available)
    if (tenant !== '') return winnerOf(byTenant!, tenant, available)
    const own = fieldValue(fields, header)
    return own === null || own === '' ? null : winnerOf(byHeader!, own, available)
  }
  return {
    // The key always finds a target among those that are available.
    refusesBroken: false,
    headerName: keyName,
    find: (request, available) => ({ target: find(request, available), isBroken: false }),
    bind: () => '',
    headerValue: ({ user, tenant }) => (user === '' ? tenant : user)
  } satisfies Affinity & { find<T extends AffinityTarget>(request: AffinityRequest, available: readonly T[]): Binding<T> }
}

/** With `boundedLoad` a target that has so many percent of the average in flight is passed over for the next one. */
function strongest<T extends AffinityTarget>(key: KeyHash, targets: readonly T[], boundedLoad: number): T | null {
  let most = Infinity
  if (boundedLoad > 0) {
    let inFlight = 1
    for (const target of targets) inFlight += target.inFlight
    most = Math.ceil((inFlight / targets.length) * Math.max(1, boundedLoad / 100))
  }
  let best: T | null = null
  let bestDraw = -Infinity
  for (const target of targets) {
    const draw = drawOf(key, target)
    if (draw <= bestDraw || target.inFlight >= most) continue
    best = target
    bestDraw = draw
  }
  return best ?? targets[0] ?? null
}
