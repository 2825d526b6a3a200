import path from 'node:path'
import type { SealedCredentials } from '../../../shared/schema/sealed.ts'
import { type KeptFile, keptFile } from '../kept-file.ts'
import { decodeSealed } from './decode-sealed.ts'

const NAME = 'credentials.json'

/** What the control plane sent last, still sealed, so that the node starts without it. */
export function credentialFile(dataDir: string): KeptFile<SealedCredentials> {
  return keptFile(path.join(dataDir, NAME), decodeSealed)
}
