import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** An https listener that is served needs a policy that is enabled and has, or gets, a certificate. */
export function tlsPolicyUsable({ listeners, tlsPolicies }: SnapshotContent): Issue[] {
  const policies = new Map(tlsPolicies.map((policy) => [policy.id, policy]))
  return listeners.flatMap((listener, index) => {
    const policy = policies.get(listener.tlsPolicyId ?? '')
    if (!listener.enabled || listener.protocol !== 'https' || policy === undefined) return []
    const at = `/listeners/${index}/tlsPolicyId`
    if (!policy.enabled) return [errorIssue(at, 'tls_policy_disabled', `listener "${listener.name}" is served with the TLS policy "${policy.name}", which is disabled; enable it`)]
    const hasCertificate = policy.certificateIds.length > 0 || policy.defaultCertificateId !== undefined || listener.defaultCertificateId !== undefined || policy.acme.enabled
    return hasCertificate ? [] : [errorIssue(at, 'no_certificate', `listener "${listener.name}" would have no certificate: name one in it or in its TLS policy "${policy.name}", or let that get them by ACME`)]
  })
}
