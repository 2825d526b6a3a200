import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'

/** The pointer into the user's file for a pointer into one resource that was read from it. */
export type Place = (pointer: string) => string

/** Where the entries of a file stand in the text they were read from. */
export class FilePlaces {
  readonly #places = Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, []])) as unknown as Record<DraftedKind, Place[]>

  /** For the next entry of the kind. */
  add(kind: DraftedKind, place: Place): void {
    this.#places[kind].push(place)
  }

  of(kind: DraftedKind, index: number): Place {
    return this.#places[kind][index]!
  }
}

/** An entry at `path` of a file of ours, which has names where a resource has ids. */
export function inFile(path: string): Place {
  return (pointer) => path + pointer.replace(/^\/listenerIds(?=\/|$)/, '/listeners').replace(/^((?:\/split\/\d+|\/mirror)?)\/upstreamId$/, '$1/upstream')
}
