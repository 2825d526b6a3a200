import { hkdfSync } from 'node:crypto'
import type { SecretsKey } from './secrets-key.ts'

/** The key that all data nodes share, made of SECRETS_KEY: what one node signs for a client, every other one knows. 32 bytes. */
export function fleetKey(secretsKey: SecretsKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secretsKey.bytes, '', 'gateway fleet key v1', 32))
}
