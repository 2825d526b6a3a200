import type { CertificateFacts } from '../../shared/schema/certificate.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'

/**
 * What makes a certificate a bad one in the place of another, which may be live. What is good for showing it to upstreams is not
 * good for listeners: one that browsers take is not replaced by one that they do not.
 */
export function replacementIssues(before: CertificateFacts, after: CertificateFacts, now: Date): Issue[] {
  const path = '/certificatePem'
  const issues: Issue[] = []
  if (before.domains.length > 0 && after.domains.length === 0) issues.push(errorIssue(path, 'certificate_without_names', `it names no DNS name and no address (subjectAltName), and the one before is for ${before.domains.slice(0, 3).join(', ')}; have it issued for them, or store it as another certificate`))
  if (before.forClientsOnly !== true && after.forClientsOnly === true) issues.push(errorIssue(path, 'certificate_for_clients', 'its extended key usage does not name servers (serverAuth), and the one before is good for them; have it issued for servers, or store it as another certificate'))
  if (isValid(before, now) && Date.parse(after.notBefore) > now.getTime()) issues.push(errorIssue(path, 'certificate_not_yet_valid', `it is valid from ${after.notBefore} on, and would replace one that is valid now; replace it then`))
  return issues
}

function isValid({ notBefore, notAfter }: CertificateFacts, now: Date): boolean {
  return Date.parse(notBefore) <= now.getTime() && now.getTime() < Date.parse(notAfter)
}
