import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** An https listener needs a TLS policy; an http listener must not have TLS fields. */
export function tlsPolicyRequired(content: SnapshotContent): Issue[] {
  const issues: Issue[] = []
  for (const [index, listener] of content.listeners.entries()) {
    const { name, protocol, tlsPolicyId } = listener
    if (protocol === 'https' && tlsPolicyId === undefined) {
      issues.push(errorIssue(`/listeners/${index}/tlsPolicyId`, 'tls_policy_required', `listener "${name}" serves https and needs a TLS policy`))
    }
    if (protocol === 'https') continue
    for (const field of ['tlsPolicyId', 'defaultCertificateId', 'http2', 'http2Engine'] as const) {
      if (listener[field] === undefined || listener[field] === false || listener[field] === 'direct') continue
      issues.push(errorIssue(`/listeners/${index}/${field}`, 'tls_field_on_http', `listener "${name}" serves http, where ${field} has no meaning; leave it out`))
    }
  }
  return issues
}
