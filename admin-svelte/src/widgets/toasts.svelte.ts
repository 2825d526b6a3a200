export interface Toast {
  id: number
  text: string
  tone: 'good' | 'info' | 'warn' | 'bad'
  /** Where more is to be seen. */
  href?: string
}

const GOES_AFTER_MS = { good: 5_000, info: 8_000, warn: 15_000, bad: 15_000 }
const MOST = 4

/** Short messages at the foot of the page; each goes by itself, what is bad later. */
class Toasts {
  items = $state.raw<Toast[]>([])
  #last = 0

  show(text: string): void {
    this.tell({ text, tone: 'good' })
  }

  tell(toast: Omit<Toast, 'id'>): void {
    const id = (this.#last += 1)
    this.items = [...this.items.slice(1 - MOST), { id, ...toast }]
    setTimeout(() => this.dismiss(id), GOES_AFTER_MS[toast.tone])
  }

  dismiss(id: number): void {
    this.items = this.items.filter((one) => one.id !== id)
  }
}

export const toasts = new Toasts()
