import { createSecureContext } from 'node:tls'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { readChain } from '../certificates/read-chain.ts'

/** Ciphers and authorities that the TLS library of a node would not take, or would pass over in silence. */
export function tlsIssues({ tlsPolicies, upstreams }: SnapshotContent): Issue[] {
  return [
    ...tlsPolicies.flatMap(({ name, minVersion, maxVersion, ciphers, clientAuth }, index) => [
      ...cipherIssues(`/tlsPolicies/${index}/ciphers`, `TLS policy "${name}"`, { minVersion, maxVersion, ciphers }),
      ...authorityIssues(`/tlsPolicies/${index}/clientAuth/caPem`, `TLS policy "${name}"`, clientAuth.caPem)
    ]),
    ...upstreams.flatMap(({ name, connection }, index) => authorityIssues(`/upstreams/${index}/connection/tls/caPem`, `upstream "${name}"`, connection.tls.caPem))
  ]
}

type Version = 'TLSv1.2' | 'TLSv1.3'

function cipherIssues(path: string, who: string, { minVersion, maxVersion, ciphers }: { minVersion: Version; maxVersion: Version; ciphers: string | undefined }): Issue[] {
  if (ciphers === undefined) return []
  // Those of TLS 1.3 are called so, and no others.
  if (maxVersion === 'TLSv1.2' && ciphers.split(':').every((suite) => suite.startsWith('TLS_'))) return [errorIssue(path, 'unusable_ciphers', `${who}: all of its ciphers are those of TLS 1.3, and its newest version is TLS 1.2; name some of TLS 1.2, or leave ciphers out`)]
  try {
    createSecureContext({ minVersion, maxVersion, ciphers })
    return []
  } catch (error) {
    const { reason, message } = error as Error & { reason?: string }
    return [errorIssue(path, 'unusable_ciphers', `${who}: the TLS library does not take its ciphers "${ciphers.slice(0, 100)}" (${reason ?? message}); name suites as openssl ciphers lists them, or leave ciphers out`)]
  }
}

function authorityIssues(path: string, who: string, caPem: string | undefined): Issue[] {
  if (caPem === undefined || caPem === '') return []
  const read = readChain(caPem)
  return Array.isArray(read) ? [] : [errorIssue(path, 'unusable_ca', `${who}: its caPem cannot be used: ${read.problem}`)]
}
