import path from 'node:path'
import { Value } from 'typebox/value'
import { OperationalState } from '../../../shared/schema/operational-state.ts'
import { type KeptFile, keptFile } from '../kept-file.ts'

const NAME = 'operational-state.json'

/** What came over the network or from the disk, or null when it is something else. */
export function decodeOperation(value: unknown): OperationalState | null {
  return Value.Check(OperationalState, value) ? value : null
}

/** What the control plane said last, so that a node that starts without it stays drained, and targets stay out. */
export function operationFile(dataDir: string): KeptFile<OperationalState> {
  return keptFile(path.join(dataDir, NAME), decodeOperation)
}
