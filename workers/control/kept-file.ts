import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'

/** One value on the node's disk, as JSON. */
export interface KeptFile<T> {
  load(): Promise<T | null>
  save(value: T): Promise<void>
}

/** Written aside, synced and renamed. A file that cannot be read is as good as none: the control plane is asked again. */
export function keptFile<T>(file: string, decode: (value: unknown) => T | null): KeptFile<T> {
  return {
    async load() {
      try {
        return decode(JSON.parse(await fs.readFile(file, 'utf8')))
      } catch {
        return null
      }
    },
    async save(value) {
      const fresh = `${file}.${randomUUID()}`
      try {
        await fs.writeFile(fresh, JSON.stringify(value), { mode: 0o600, flush: true })
        await fs.rename(fresh, file)
      } finally {
        await fs.rm(fresh, { force: true })
      }
    }
  }
}
