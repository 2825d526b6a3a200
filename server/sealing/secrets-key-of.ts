import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import type { SecretsKey } from './secrets-key.ts'

/** @throws AppError secrets_key_missing */
export function secretsKeyOf({ secretsKey }: Pick<Deps, 'secretsKey'>): SecretsKey {
  if (secretsKey === null) throw new AppError('secrets_key_missing')
  return secretsKey
}
