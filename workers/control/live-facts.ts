import type { HealthNews } from '../../shared/schema/target-health.ts'
import { NO_SECRETS, type NodeSecrets } from '../credential.ts'
import { HealthBook } from '../health/health-book.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { WorkerProcesses } from './worker-processes.ts'

/** What serves at once and without a publish: secrets, and the health of targets. Kept for worker processes to come. */
export class LiveFacts {
  readonly #processes: Pick<WorkerProcesses, 'current'>
  readonly #health = new HealthBook()
  #secrets: NodeSecrets = NO_SECRETS

  constructor(processes: Pick<WorkerProcesses, 'current'>) {
    this.#processes = processes
  }

  useSecrets(secrets: NodeSecrets): void {
    this.#secrets = secrets
    this.#processes.current?.useCredentials(secrets)
  }

  /** What probes found. */
  hearHealth(news: readonly HealthNews[]): void {
    const fresh = this.#health.hear(news)
    if (fresh.length > 0) this.#processes.current?.hearHealth(fresh)
  }

  /** The targets that probes keep out, as far as that is believed still. */
  unhealthy(): HealthNews[] {
    return this.#health.list().filter(({ state }) => state === 'unhealthy')
  }

  /** Tells a fresh process everything. */
  equip(process: WorkerProcess): void {
    process.useCredentials(this.#secrets)
    process.hearHealth(this.#health.list())
  }
}
