interface Toast {
  id: number
  text: string
}

/** Short messages of success at the foot of the page; each goes by itself after 5 s. */
class Toasts {
  items = $state.raw<Toast[]>([])
  #last = 0

  show(text: string): void {
    const id = (this.#last += 1)
    this.items = [...this.items.slice(-2), { id, text }]
    setTimeout(() => (this.items = this.items.filter((one) => one.id !== id)), 5000)
  }
}

export const toasts = new Toasts()
