import type { OperationalState } from '../../../shared/schema/operational-state.ts'
import type { Log } from '../../log.ts'
import { type ControlPlane, ControlPlaneError } from '../control-plane.ts'
import { decodeOperation, type OperationFile } from './operation-file.ts'

/** The operational state of this node: from its disk at the start, then from the control plane whenever it changed. */
export class NodeOperation {
  readonly #controlPlane: Pick<ControlPlane, 'operationalState'>
  readonly #file: OperationFile
  readonly #changed: (state: OperationalState) => void
  readonly #log: Log
  #state: OperationalState | null = null
  #asking: Promise<void> | null = null
  #isWanted = false
  #hasComplained = false

  constructor(options: { controlPlane: Pick<ControlPlane, 'operationalState'>; file: OperationFile; changed(state: OperationalState): void; log: Log }) {
    this.#controlPlane = options.controlPlane
    this.#file = options.file
    this.#changed = (state) => options.changed(state)
    this.#log = options.log
  }

  /** A person wants the connections of this node elsewhere. */
  get isDrained(): boolean {
    return this.#state !== null && this.#state.drain !== null
  }

  /** Uses what the disk has. */
  async load(): Promise<void> {
    const stored = await this.#file.load()
    if (stored !== null) this.#use(stored)
  }

  /** Asks whether there is anything new; while an answer is awaited, once more afterwards. Never rejects. */
  refresh(): Promise<void> {
    this.#isWanted = true
    this.#asking ??= this.#askWhileWanted()
    return this.#asking
  }

  async #askWhileWanted(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#ask()
    }
    this.#asking = null
  }

  async #ask(): Promise<void> {
    try {
      const answer = await this.#controlPlane.operationalState(this.#state?.hash ?? null).catch(nothingOfOlder)
      this.#hasComplained = false
      if (answer === null) return
      const state = decodeOperation(answer)
      if (state === null) throw new Error('the answer is none')
      this.#use(state)
      await this.#file.save(state)
    } catch (error) {
      if (!this.#hasComplained) this.#log.warn(`the operational state cannot be asked for, or kept; what holds stays: ${(error as Error).message}`)
      this.#hasComplained = true
    }
  }

  #use(state: OperationalState): void {
    const wasDrained = this.isDrained
    this.#state = state
    if (wasDrained !== this.isDrained) this.#log.warn(this.isDrained ? 'this node is drained: connections end in order, and it is not ready' : 'this node is not drained any more')
    this.#changed(state)
  }
}

/** A control plane of an older version knows no operational state. */
function nothingOfOlder(error: unknown): null {
  if (error instanceof ControlPlaneError && error.status === 404) return null
  throw error
}
