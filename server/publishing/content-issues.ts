import { createPublicKey } from 'node:crypto'
import type { Transaction } from 'sequelize'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { validateContent } from '../../shared/snapshot/validate.ts'
import { certificateIssues } from '../certificates/check-certificates.ts'
import { secretIssues } from '../secrets/check-secrets.ts'
import type { Deps } from '../deps.ts'
import { tlsIssues } from './tls-issues.ts'

/** Everything that is wrong or doubtful about a content, also what only the control plane can find out. */
export async function contentIssues({ db, secretsKey }: Deps, content: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  return [...validateContent(content), ...keyIssues(content), ...tlsIssues(content), ...(secretsKey === null ? fleetKeyIssues(content) : []), ...await certificateIssues(db, content, transaction), ...await secretIssues(db, secretsKey, content, transaction)]
}

/** Keys of identity providers that no node could read. */
function keyIssues({ providers }: SnapshotContent): Issue[] {
  return providers.flatMap(({ name, enabled, key }, index) => {
    if (!enabled || key === undefined || isPublicKey(key.trim())) return []
    return [errorIssue(`/providers/${index}/key`, 'unusable_key', `the key of provider "${name}" cannot be read as PEM or JWK; give its public key once more, whole`)]
  })
}

/** Affinity whose keys are signed by the key of the fleet, which is made of SECRETS_KEY. */
function fleetKeyIssues({ upstreams }: SnapshotContent): Issue[] {
  return upstreams.flatMap(({ name, enabled, sessionAffinity }, index) => {
    const { policy } = sessionAffinity
    if (!enabled || !sessionAffinity.enabled || (policy !== 'Cookie' && policy !== 'CustomHeader')) return []
    return [errorIssue(`/upstreams/${index}/sessionAffinity/policy`, 'secrets_key_missing', `upstream "${name}": ${policy} needs a key that all nodes share, and the control plane has no SECRETS_KEY; set it, or use HashCookie`)]
  })
}

function isPublicKey(text: string): boolean {
  try {
    createPublicKey(text.startsWith('{') ? { key: JSON.parse(text), format: 'jwk' } : text)
    return true
  } catch {
    return false
  }
}
