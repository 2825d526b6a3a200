import type { DraftedKind } from '../../../../shared/schema/resource.ts'
import { type Loaded, loaded } from '../../api/loaded.svelte.ts'
import type { StoredOf } from '../../api/types.ts'
import { allOf } from './all-of.ts'

const MOST = 20_000

export interface Grown<K extends DraftedKind> {
  items: StoredOf<K>[]
  /** Some are still to come, or there are more than the page reads. */
  more: boolean
}

/** All resources of a kind; what is there already is shown while the rest comes. */
export function growingList<K extends DraftedKind>(kind: () => K): Loaded<Grown<K>> {
  let grown = $state.raw<Grown<K>>()
  const list = loaded(async (signal) => {
    // While a list is read again the one that is shown stays.
    const isFirst = grown === undefined
    const whole = await allOf(kind(), signal, MOST, (items) => isFirst && (grown = { items, more: true }))
    grown = whole
    return whole
  })
  return {
    get value() {
      return grown
    },
    get error() {
      return list.error
    },
    get loading() {
      return list.loading
    },
    reload: () => list.reload()
  }
}
