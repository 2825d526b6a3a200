import type { HoldRow } from '../../db/models/guarded-publishing.ts'

/** Whether a publish that is held concerns these tenants alone (`null`: not limited), so that publishers of them decide about it. */
export function isOwnHold({ tenants: held }: Pick<HoldRow, 'tenants'>, tenants: readonly string[] | null): boolean {
  return tenants === null || held?.every((tenant) => tenants.includes(tenant)) === true
}
