import type { TargetLoad } from '../../shared/schema/target-load.ts'
import type { TargetRow } from '../state/target-row.ts'

/** As much of an upstream as it takes. */
interface DescribedUpstream {
  readonly targets: readonly { readonly id: string; readonly row: Pick<TargetRow, 'inFlight' | 'succeeded' | 'failed'> }[]
  readonly available: { list(now: number): readonly { readonly id: string }[] }
}

/** What the threads of the node know together about the targets of an upstream. `now`: milliseconds of the node's clock. */
export function describeTargets({ targets, available }: DescribedUpstream, now: number): TargetLoad[] {
  const open = new Set(available.list(now).map(({ id }) => id))
  // The counts in shared memory wrap around at 2^31.
  return targets.map(({ id, row }) => ({ targetId: id, isAvailable: open.has(id), inFlight: Math.max(0, row.inFlight), succeeded: row.succeeded >>> 0, failed: row.failed >>> 0 }))
}
