import type { SecureContextOptions } from 'node:tls'
import type { Credential } from '../credential.ts'
import type { TlsTerms } from './tls-terms.ts'

/** What a TLS context of a listener is made with; without a certificate where `credential` is null. */
export function contextOptions({ policy, context }: Pick<TlsTerms, 'policy' | 'context'>, credential: Credential | null): SecureContextOptions {
  const { minVersion, maxVersion, ciphers, clientAuth } = policy
  return {
    minVersion,
    maxVersion,
    honorCipherOrder: true,
    sessionIdContext: context,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(clientAuth.caPem === undefined ? {} : { ca: clientAuth.caPem }),
    ...(credential === null ? {} : { cert: credential.certificatePem, key: credential.privateKeyPem })
  }
}
