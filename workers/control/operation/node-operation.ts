import type { OperationalState } from '../../../shared/schema/operational-state.ts'
import type { Log } from '../../log.ts'
import { type ControlPlane, nothingOfOlder } from '../control-plane.ts'
import { KeptAnswer } from '../kept-answer.ts'
import type { KeptFile } from '../kept-file.ts'
import { decodeOperation } from './operation-file.ts'

export interface NodeOperationOptions {
  controlPlane: Pick<ControlPlane, 'operationalState'>
  file: KeptFile<OperationalState>
  changed(state: OperationalState): void
  log: Log
}

/** The operational state of this node: from its disk at the start, then from the control plane whenever it changed. */
export class NodeOperation {
  readonly #answer: KeptAnswer<OperationalState>
  readonly #changed: (state: OperationalState) => void
  readonly #log: Log
  #state: OperationalState | null = null

  constructor({ controlPlane, file, changed, log }: NodeOperationOptions) {
    this.#answer = new KeptAnswer({
      ask: () => controlPlane.operationalState(this.#state?.hash ?? null).catch(nothingOfOlder),
      decode: decodeOperation,
      use: (state) => this.#use(state),
      file,
      complaint: 'the operational state cannot be asked for, or kept; what holds stays',
      log
    })
    this.#changed = changed
    this.#log = log
  }

  /** A person wants the connections of this node elsewhere. */
  get isDrained(): boolean {
    return this.#state !== null && this.#state.drain !== null
  }

  /** Uses what the disk has. */
  load(): Promise<void> {
    return this.#answer.load()
  }

  /** Asks whether there is anything new. Never rejects. */
  refresh(): Promise<void> {
    return this.#answer.refresh()
  }

  #use(state: OperationalState): boolean {
    const wasDrained = this.isDrained
    this.#state = state
    if (wasDrained !== this.isDrained) this.#log.warn(this.isDrained ? 'this node is drained: connections end in order, and it is not ready' : 'this node is not drained any more')
    this.#changed(state)
    return true
  }
}
