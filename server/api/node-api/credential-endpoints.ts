import Type from 'typebox'
import { sha256Hex, strictObject } from '../../../shared/schema/field.ts'
import { AcmeChallenge, NodeKeyBody, SealedCredentials } from '../../../shared/schema/sealed.ts'
import { errorIssue } from '../../../shared/schema/issue.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { nodeCredentials } from '../../certificates/node-credentials.ts'
import { AppError, invalidRequest } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { sealToNode } from '../../sealing/seal-to-node.ts'
import { nodeId } from './node-id.ts'

export const credentialEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/node/key',
    permission: 'node',
    tag: 'node API',
    summary: 'Register the key to which certificates are sealed for this node',
    body: NodeKeyBody,
    answers: { 204: { description: 'Noted.' } },
    audits: 'nodes.key',
    async handle({ deps: { db }, actor, body, requestId }) {
      const id = nodeId(actor)
      checkKey(body.publicKey)
      await inTransaction(db, async (transaction) => {
        const node = await db.nodes.findByPk(id, { transaction, lock: transaction.LOCK.UPDATE })
        if (node === null || node.sealingKey === body.publicKey) return
        const before = node.sealingKey === null ? undefined : { publicKey: node.sealingKey }
        await node.update({ sealingKey: body.publicKey }, { transaction })
        await appendAudit(db, transaction, { actor: actorName(actor), action: 'nodes.key', kind: 'nodes', resourceId: id, requestId, before, after: { publicKey: body.publicKey } })
      })
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/node/credentials',
    permission: 'node',
    tag: 'node API',
    summary: 'The certificates that this node needs, sealed to its key',
    query: strictObject({ have: Type.Optional(sha256Hex({ description: 'hash of what the node has; 304 when that is the newest.' })) }),
    answers: { 200: { description: 'Certificates with their keys, sealed.', schema: SealedCredentials }, 304: { description: 'The node has them.' } },
    async handle({ deps, actor, query }) {
      const body = await nodeCredentials(deps, nodeId(actor), query.have)
      return body === null ? { status: 304 } : { status: 200, body }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/node/acme/:token',
    permission: 'node',
    tag: 'node API',
    summary: 'The answer to a challenge of a certificate authority that this node was asked for and does not have',
    answers: { 200: { description: 'What to answer.', schema: AcmeChallenge } },
    async handle({ deps: { db }, actor, params }) {
      nodeId(actor)
      const row = await db.acmeChallenges.findByPk(params['token'] ?? '')
      if (row === null) throw new AppError('not_found', { message: 'There is no challenge with this token.' })
      return { status: 200, body: { token: row.token, keyAuthorization: row.keyAuthorization } }
    }
  })
]

/** Some points of the curve give every partner the same secret; the library refuses them. */
function checkKey(publicKey: string): void {
  try {
    sealToNode('check', { certificatePem: '', privateKeyPem: '' }, Buffer.from(publicKey, 'base64'))
  } catch {
    throw invalidRequest([errorIssue('/publicKey', 'invalid_value', 'publicKey is no X25519 key that can be used')])
  }
}
