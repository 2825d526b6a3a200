import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { Value } from 'typebox/value'
import { OperationalState } from '../../../shared/schema/operational-state.ts'

const NAME = 'operational-state.json'

/** What the control plane said last, so that a node that starts without it stays drained, and targets stay out. */
export interface OperationFile {
  load(): Promise<OperationalState | null>
  save(state: OperationalState): Promise<void>
}

/** What came over the network or from the disk, or null when it is something else. */
export function decodeOperation(value: unknown): OperationalState | null {
  return Value.Check(OperationalState, value) ? value : null
}

/** Written aside, synced and renamed. A file that cannot be read is as good as none: the control plane is asked again. */
export function operationFile(dataDir: string): OperationFile {
  const file = path.join(dataDir, NAME)
  return {
    async load() {
      try {
        return decodeOperation(JSON.parse(await fs.readFile(file, 'utf8')))
      } catch {
        return null
      }
    },
    async save(state) {
      const fresh = `${file}.${randomUUID()}`
      try {
        await fs.writeFile(fresh, JSON.stringify(state), { mode: 0o600, flush: true })
        await fs.rename(fresh, file)
      } finally {
        await fs.rm(fresh, { force: true })
      }
    }
  }
}
