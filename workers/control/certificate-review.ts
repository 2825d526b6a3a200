import type { SecureContextOptions } from 'node:tls'
import { type Issue, warningIssue } from '../../shared/schema/issue.ts'
import type { Identified, SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import { certificateReferences } from '../../shared/snapshot/certificate-references.ts'
import type { Credential, NodeSecrets } from '../credential.ts'
import type { Log } from '../log.ts'
import { certificatesOf } from '../tls/certificates-of.ts'
import { contextOptions } from '../tls/context-options.ts'
import { TriedContexts } from '../tls/tried-contexts.ts'

/** No session is begun with these contexts. */
const CONTEXT = 'review'
const MOST_LOGGED = 5
const NO_POLICY = { minVersion: 'TLSv1.2' } as const

/** A certificate where a configuration needs it. */
interface Need {
  path: string
  certificateId: string
  who: string
  /** What it is shown with besides; null for upstreams. */
  policy: Identified<TlsPolicy> | null
}

/** Finds what of the certificates that a configuration needs cannot be shown, with the same library that the threads use. */
export class CertificateReview {
  readonly #tried = new TriedContexts()
  readonly #log: Log
  #said = '[]'
  /** How many of them were found the last time. */
  found = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** One warning for each policy and certificate that cannot be used: the ports serve what can be. */
  issues(content: SnapshotContent, { certificates }: Pick<NodeSecrets, 'certificates'>): Issue[] {
    this.#tried.forgetUnasked()
    const known = new Map(certificates.map((credential) => [credential.id, credential]))
    const issues: Issue[] = []
    const usable = new Map<string, Identified<TlsPolicy>>()
    const needs: Need[] = []
    for (const [index, policy] of servedPolicies(content)) {
      const problem = this.#tried.problemWith(optionsOf(policy, null))
      if (problem !== null) {
        issues.push(unusablePolicy(index, policy, problem))
        continue
      }
      usable.set(policy.id, policy)
      needs.push(...acmeNeeds(index, policy, certificates))
    }
    needs.push(...namedNeeds(content, usable))
    issues.push(...needs.flatMap((need) => this.#issueOf(need, known.get(need.certificateId)) ?? []))
    this.#say(issues)
    return issues
  }

  /** Each time that it is something else. */
  #say(issues: readonly Issue[]): void {
    this.found = issues.length
    const text = JSON.stringify(issues)
    if (text === this.#said) return
    this.#said = text
    if (issues.length > 0) this.#log.warn({ issues: issues.slice(0, MOST_LOGGED) }, 'certificates cannot be shown as the configuration says')
  }

  #issueOf({ path, certificateId, who, policy }: Need, credential: Credential | undefined): Issue | null {
    if (credential === undefined) return warningIssue(path, 'certificate_missing', `${who}: the certificate ${certificateId} is not here`)
    const problem = this.#tried.problemWith(optionsOf(policy, credential))
    if (problem === null) return null
    const names = credential.names.length === 0 ? '' : ` for ${credential.names.slice(0, 3).join(', ')}`
    return warningIssue(path, 'certificate_unusable', `${who}: the certificate ${certificateId}${names} cannot be shown (${problem}); upload another in its place. Threads that showed one before it go on with that`)
  }
}

function unusablePolicy(index: number, { name }: TlsPolicy, problem: string): Issue {
  return warningIssue(`/tlsPolicies/${index}/ciphers`, 'tls_policy_unusable', `TLS policy "${name}" cannot be used (${problem}): its listeners refuse every handshake until its ciphers are mended`)
}

/** Those by which listeners speak TLS, with their places. */
function servedPolicies({ listeners, tlsPolicies }: SnapshotContent): Map<number, Identified<TlsPolicy>> {
  const used = new Set(listeners.flatMap(({ enabled, protocol, tlsPolicyId }) => (enabled && protocol === 'https' ? tlsPolicyId ?? [] : [])))
  return new Map([...tlsPolicies.entries()].filter(([, { id }]) => used.has(id)))
}

/** What listeners, their policies and upstreams name. */
function namedNeeds(content: SnapshotContent, policies: ReadonlyMap<string, Identified<TlsPolicy>>): Need[] {
  const listeners = new Map(content.listeners.filter(({ enabled }) => enabled).map(({ id, tlsPolicyId }) => [id, tlsPolicyId ?? '']))
  const upstreams = new Set(content.upstreams.filter(({ enabled }) => enabled).map(({ id }) => id))
  return certificateReferences(content).flatMap<Need>(({ kind, id, name, path, certificateId }) => {
    if (kind === 'upstreams') return upstreams.has(id) ? [{ path, certificateId, who: `upstream "${name}"`, policy: null }] : []
    const policy = policies.get(kind === 'listeners' ? listeners.get(id) ?? '' : id)
    return policy === undefined ? [] : [{ path, certificateId, who: kind === 'listeners' ? `listener "${name}"` : `TLS policy "${name}"`, policy }]
  })
}

/** What came by ACME and is used without being named. */
function acmeNeeds(index: number, policy: Identified<TlsPolicy>, certificates: readonly Credential[]): Need[] {
  const byAcme = certificatesOf({ ...policy, certificateIds: [] }, { get: () => null, byAcme: () => certificates.filter((credential) => credential.byAcme) })
  return byAcme.map(({ id }) => ({ path: `/tlsPolicies/${index}/acme`, certificateId: id, who: `TLS policy "${policy.name}"`, policy }))
}

function optionsOf(policy: Identified<TlsPolicy> | null, credential: Credential | null): SecureContextOptions {
  if (policy !== null) return contextOptions({ policy, context: CONTEXT }, credential)
  return credential === null ? NO_POLICY : { ...NO_POLICY, cert: credential.certificatePem, key: credential.privateKeyPem }
}
