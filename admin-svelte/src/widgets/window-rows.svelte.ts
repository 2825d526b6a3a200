import { tick } from 'svelte'

/** Rows beyond the window's edges that are there already, so that scrolling shows no gap. */
const SPARE = 12
/** Shorter tables are simply there as a whole. */
const SHORT = 150
const USUAL_HEIGHT = 52

/**
 * Of a long table only the rows near the window are in the page; two empty rows take the place of the others. Rows should be
 * about as tall as one another. Use it while a component initialises; `{@attach rows.watch}` goes on the tbody.
 */
export class WindowRows {
  readonly #count: () => number
  #height = $state(USUAL_HEIGHT)
  #top = $state(0)
  #window = $state(innerHeight)

  constructor(count: () => number) {
    this.#count = count
  }

  readonly #isShort = $derived.by(() => this.#count() <= SHORT)
  readonly from = $derived.by(() => (this.#isShort ? 0 : Math.max(0, Math.min(this.#count(), Math.floor(-this.#top / this.#height)) - SPARE)))
  readonly to = $derived.by(() => (this.#isShort ? this.#count() : Math.min(this.#count(), Math.ceil((this.#window - this.#top) / this.#height) + SPARE)))
  /** Height of the rows that are left out before and behind, in pixels. */
  readonly before = $derived(this.from * this.#height)
  readonly behind = $derived.by(() => Math.max(0, this.#count() - this.to) * this.#height)

  readonly watch = (body: HTMLElement): (() => void) => {
    const look = (): void => {
      this.#top = body.getBoundingClientRect().top
      this.#window = innerHeight
    }
    const measure = async (): Promise<void> => {
      await tick()
      const row = body.querySelector<HTMLElement>('tr[data-row]')
      if (row !== null && row.offsetHeight > 0) this.#height = row.offsetHeight
      look()
    }
    void measure()
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', look)
    return () => {
      removeEventListener('scroll', look)
      removeEventListener('resize', look)
    }
  }
}
