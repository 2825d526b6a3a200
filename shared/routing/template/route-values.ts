/** What a path pattern found in a path, by the names of its parameters; letter case of names is ignored. */
export class RouteValues {
  readonly #names: string[] = []
  readonly #values: string[] = []

  get size(): number {
    return this.#names.length
  }

  clear(): void {
    this.#names.length = 0
    this.#values.length = 0
  }

  set(name: string, value: string): void {
    this.#names.push(name.toLowerCase())
    this.#values.push(value)
  }

  get(name: string): string | null {
    const index = this.#names.indexOf(name.toLowerCase())
    return index === -1 ? null : this.#values[index]!
  }
}
