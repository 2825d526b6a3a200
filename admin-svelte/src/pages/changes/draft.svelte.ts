import { api } from '../../api/api.ts'
import { session } from '../../session/session.svelte.ts'

const EVERY_MS = 10_000

/** How far the draft is from what is live, for the line at the top of every page. */
class Draft {
  /** Resources that differ; undefined until it is known. */
  changes = $state<number>()
  #asked = 0

  /** Reads it now; pages call this after every change they make. A failure keeps the last answer. */
  async refresh(): Promise<void> {
    const mine = (this.#asked += 1)
    try {
      const { changes } = await api.config.diff('live', 'draft')
      if (mine === this.#asked) this.changes = changes.length
    } catch {
      // The page itself shows that the control plane does not answer.
    }
  }

  start(): void {
    setInterval(() => {
      if (session.user !== undefined && !session.expired && !document.hidden) void this.refresh()
    }, EVERY_MS)
  }
}

export const draft = new Draft()
