import type { EventKind } from '../../../../shared/schema/event.ts'
import { api } from '../../api/api.ts'
import { session } from '../../session/session.svelte.ts'

const EVERY_MS = 30_000

/** After these a proposal waits, is decided or is void. */
export const PROPOSAL_EVENTS: readonly EventKind[] = ['proposal_created', 'proposal_decided', 'publish', 'rollback']

/** How many proposed publishes wait, for the navigation, and whether publishing means to propose. */
class Proposed {
  waiting = $state(0)
  isRequired = $state(false)
  #asked = 0

  /** Reads it now; pages call this after every decision they make. A failure keeps the last answer. */
  async refresh(): Promise<void> {
    const mine = (this.#asked += 1)
    try {
      const { required, items } = await api.proposals.list()
      if (mine !== this.#asked) return
      this.isRequired = required
      this.waiting = items.filter(({ state }) => state === 'pending').length
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

export const proposed = new Proposed()
