/** What a path pattern found in a path, by the names of its parameters; letter case of names is ignored. */
export class RouteValues {
  readonly #names: string[] = []
  readonly #values: string[] = []
  readonly #encoded: (string | null)[] = []

  get size(): number {
    return this.#names.length
  }

  clear(): void {
    this.#names.length = 0
    this.#values.length = 0
    this.#encoded.length = 0
  }

  /** `encoded`: the part of the path that it is from; null for a default. */
  set(name: string, value: string, encoded: string | null): void {
    this.#names.push(name.toLowerCase())
    this.#values.push(value)
    this.#encoded.push(encoded)
  }

  get(name: string): string | null {
    const index = this.#names.indexOf(name.toLowerCase())
    return index === -1 ? null : this.#values[index]!
  }

  /** The value as it stands in the path; null when it is not from there. */
  getEncoded(name: string): string | null {
    const index = this.#names.indexOf(name.toLowerCase())
    return index === -1 ? null : this.#encoded[index]!
  }
}
