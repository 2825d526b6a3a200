import { createSecureContext, DEFAULT_CIPHERS } from 'node:tls'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'

/** As data nodes serve where a TLS policy says nothing else, also on a machine whose OpenSSL was told to be lenient. */
const AS_SERVED = { minVersion: 'TLSv1.2', ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=2` } as const

/** Whether a TLS library takes the pair: what it refuses, no data node could serve. `keyType` is that of the certificate. */
export function servingIssues({ certificatePem, privateKeyPem }: { certificatePem: string; privateKeyPem: string }, keyType: string): Issue[] {
  try {
    createSecureContext({ ...AS_SERVED, cert: certificatePem, key: privateKeyPem })
    return []
  } catch (error) {
    return [issueOf(error as NodeJS.ErrnoException & { reason?: string }, keyType)]
  }
}

function issueOf({ code, reason, message }: NodeJS.ErrnoException & { reason?: string }, keyType: string): Issue {
  switch (code) {
    case 'ERR_SSL_EE_KEY_TOO_SMALL':
      return errorIssue('/privateKeyPem', 'weak_key', `${weak(keyType)}; make another key and have a certificate issued for it`)
    case 'ERR_SSL_CA_KEY_TOO_SMALL':
      return errorIssue('/certificatePem', 'weak_certificate', 'a certificate behind the first one has a key that is too weak, such as RSA of less than 2048 bits; ask the authority for a newer chain')
    case 'ERR_SSL_CA_MD_TOO_WEAK':
      return errorIssue('/certificatePem', 'weak_certificate', 'a certificate is signed with a digest that is too weak, such as SHA-1; have it issued anew, signed with SHA-256')
    default:
      return errorIssue('/certificatePem', 'unservable_certificate', `no data node could serve this pair (${reason ?? message}); use RSA with 2048 bits or more, or EC on prime256v1, signed with SHA-256`)
  }
}

function weak(keyType: string): string {
  const [, bits] = /^RSA(?:-PSS)? (\d+)$/.exec(keyType) ?? []
  return bits === undefined ? `a key of the type ${keyType} is too weak; use EC prime256v1, or RSA of at least 2048 bits` : `an RSA key of ${bits} bits is too weak; at least 2048 are needed`
}
