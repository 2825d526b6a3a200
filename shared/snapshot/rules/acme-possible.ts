import { errorIssue, type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { acmeNames } from '../acme-names.ts'

/** What ACME can get by HTTP-01: no wildcards (RFC 8555 section 8.3), and nothing where no http listener could answer the authority. */
export function acmePossible(content: SnapshotContent): Issue[] {
  return [...wildcardDomains(content), ...wildcardHosts(content), ...noHttpListener(content)]
}

function wildcardDomains({ tlsPolicies }: SnapshotContent): Issue[] {
  return tlsPolicies.flatMap((policy, at) => policy.acme.domains.flatMap((domain, index) => {
    if (!domain.startsWith('*.')) return []
    return [errorIssue(`/tlsPolicies/${at}/acme/domains/${index}`, 'acme_wildcard_needs_upload', `TLS policy "${policy.name}": no certificate for ${domain} can come by ACME here; upload one and name it in certificateIds`)]
  }))
}

/** Only where the policy has no certificate of its own that may be for them. */
function wildcardHosts({ listeners, routes, tlsPolicies }: SnapshotContent): Issue[] {
  const alone = new Map(tlsPolicies.filter(({ enabled, acme, certificateIds }) => enabled && acme.enabled && acme.fromRoutes && certificateIds.length === 0).map((policy) => [policy.id, policy]))
  return listeners.flatMap((listener) => {
    const policy = alone.get(listener.tlsPolicyId ?? '')
    if (policy === undefined || !listener.enabled || (policy.defaultCertificateId ?? listener.defaultCertificateId) !== undefined) return []
    return routes.flatMap((route, at) => {
      const host = route.enabled && route.listenerIds.includes(listener.id) ? route.match.hosts.find((name) => name.startsWith('*.')) : undefined
      return host === undefined ? [] : [warningIssue(`/routes/${at}/match/hosts`, 'acme_wildcard_needs_upload', `route "${route.name}" serves ${host} on the https listener "${listener.name}", whose TLS policy "${policy.name}" gets certificates for exact hosts only; upload one for ${host}`)]
    })
  })
}

function noHttpListener(content: SnapshotContent): Issue[] {
  const [name] = acmeNames(content)
  if (name === undefined || content.listeners.some(({ enabled, protocol }) => enabled && protocol === 'http')) return []
  const at = content.listeners.findIndex(({ enabled, protocol }) => enabled && protocol === 'https')
  return [warningIssue(`/listeners/${at}`, 'acme_unreachable', `the certificate authority asks for ${name} on its port 80, and no http listener is enabled that could answer; add one that is reached there`)]
}
