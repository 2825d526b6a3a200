import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { SealedCredentials } from '../../../shared/schema/sealed.ts'
import { decodeSealed } from './decode-sealed.ts'

const NAME = 'credentials.json'

/** What the control plane sent last, still sealed, so that the node starts without it. */
export interface CredentialFile {
  load(): Promise<SealedCredentials | null>
  save(sealed: SealedCredentials): Promise<void>
}

/** A file that cannot be read is as good as none: the control plane is asked again. */
export function credentialFile(dataDir: string): CredentialFile {
  const file = path.join(dataDir, NAME)
  return {
    async load() {
      try {
        return decodeSealed(JSON.parse(await fs.readFile(file, 'utf8')))
      } catch {
        return null
      }
    },
    async save(sealed) {
      const fresh = `${file}.${randomUUID()}`
      try {
        await fs.writeFile(fresh, JSON.stringify(sealed), { mode: 0o600, flush: true })
        await fs.rename(fresh, file)
      } finally {
        await fs.rm(fresh, { force: true })
      }
    }
  }
}
