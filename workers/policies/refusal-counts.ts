import type { RefusalCount } from '../../shared/schema/refusal-count.ts'
import type { PolicyTag } from './runtime-policy.ts'

/** Policies times reasons: nothing that clients could make grow, but for the publishes of a long life. */
const MOST = 10_000

/** What the policies of one thread refused since it began. */
export class RefusalCounts {
  readonly #counts = new Map<string, RefusalCount>()

  count({ id, name, enforces }: PolicyTag, reason: string): void {
    const key = `${id} ${name} ${reason} ${enforces}`
    const known = this.#counts.get(key)
    if (known !== undefined) known.count++
    else if (this.#counts.size < MOST) this.#counts.set(key, { policyId: id, policy: name, reason, enforced: enforces, count: 1 })
  }

  list(): RefusalCount[] {
    return [...this.#counts.values()]
  }
}

/** Sums by policy, reason and mode. */
export function addRefusals(lists: readonly (readonly RefusalCount[])[]): RefusalCount[] {
  const sums = new Map<string, RefusalCount>()
  for (const one of lists.flat()) {
    const key = `${one.policyId} ${one.policy} ${one.reason} ${one.enforced}`
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { ...one })
    else sum.count += one.count
  }
  return [...sums.values()]
}
