/**
 * Copy on write for the lists and maps of one edit: each is copied the first time it is changed, and changed in
 * place from then on, since nobody else can have seen the copy.
 */
export class OwnCopies {
  readonly #made = new Set<object>()

  list<T>(list: readonly T[]): T[] {
    if (this.#made.has(list)) return list as T[]
    const copy = list.slice()
    this.#made.add(copy)
    return copy
  }

  /** A list that was made by this edit. */
  own<T>(list: T[]): T[] {
    this.#made.add(list)
    return list
  }

  map<K, V>(map: ReadonlyMap<K, V> | null): Map<K, V> {
    if (map !== null && this.#made.has(map)) return map as Map<K, V>
    const copy = new Map(map)
    this.#made.add(copy)
    return copy
  }

  /** The map with this value for the key, null meaning none; null when that leaves it empty. */
  withKey<K, V>(map: ReadonlyMap<K, V> | null, key: K, value: V | null): ReadonlyMap<K, V> | null {
    if ((map?.get(key) ?? null) === value) return map
    const own = this.map(map)
    if (value === null) own.delete(key)
    else own.set(key, value)
    return own.size === 0 ? null : own
  }

  /** Ends the edit: what it made may be in use from now on. */
  release(): void {
    this.#made.clear()
  }
}
