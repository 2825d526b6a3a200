import type { OperationalState } from '../../shared/schema/operational-state.ts'
import type { HealthNews } from '../../shared/schema/target-health.ts'
import { NO_SECRETS, type NodeSecrets } from '../credential.ts'
import { HealthBook } from '../health/health-book.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { WorkerProcesses } from './worker-processes.ts'

/** What serves at once and without a publish: secrets, the health of targets, and what people said about node and targets. Kept for worker processes to come. */
export class LiveFacts {
  readonly #processes: Pick<WorkerProcesses, 'current'>
  readonly #secretsChanged: () => void
  readonly #health = new HealthBook()
  #secrets: NodeSecrets = NO_SECRETS
  #operation: OperationalState | null = null

  /** `secretsChanged`: other certificates may be shown from now on. */
  constructor(processes: Pick<WorkerProcesses, 'current'>, secretsChanged: () => void) {
    this.#processes = processes
    this.#secretsChanged = secretsChanged
  }

  useSecrets(secrets: NodeSecrets): void {
    this.#secrets = secrets
    this.#processes.current?.useCredentials(secrets)
    this.#secretsChanged()
  }

  get secrets(): NodeSecrets {
    return this.#secrets
  }

  operate(state: OperationalState): void {
    this.#operation = state
    this.#processes.current?.operate(state)
  }

  /** The targets that people took out or weighted anew. */
  operated(): OperationalState['targets'] {
    const now = Date.now()
    return (this.#operation?.targets ?? []).filter(({ until }) => until === null || Date.parse(until) > now)
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
    if (this.#operation !== null) process.operate(this.#operation)
  }
}
