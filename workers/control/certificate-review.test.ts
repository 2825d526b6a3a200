import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { contentOf, testId } from '../../shared/testing/content.ts'
import type { Credential } from '../credential.ts'
import { makeAuthority, makeCredential } from '../testing/make-certificate.ts'
import { pem } from '../testing/seal-certificate.ts'
import { createLog } from '../log.ts'
import { CertificateReview } from './certificate-review.ts'

const { log } = createLog('silent', {})
const WEAK = { certificatePem: pem('weak.pem'), privateKeyPem: pem('weak.key') }

let good: Credential

before(async () => {
  good = await makeCredential(testId(500), ['a.test'], await makeAuthority())
})

const told = (content: Parameters<typeof contentOf>[0], ...certificates: Credential[]): string[] => {
  const review = new CertificateReview(log)
  const issues = review.issues(contentOf(content), { certificates })
  assert.equal(review.found, issues.length)
  assert.ok(issues.every(({ severity }) => severity === 'warning'))
  assert.deepEqual(review.issues(contentOf(content), { certificates }), issues, 'what is known already is told again')
  return issues.map(({ path, code }) => `${path} ${code}`)
}

const secure = (policy: object = {}, listener: object = {}) => ({ listeners: [{ protocol: 'https', port: 443, tlsPolicyId: testId(1), ...listener }], tlsPolicies: [{ certificateIds: [good.id], ...policy }] })

test('certificates that are there and can be shown are no issue; those that are missing or cannot are, where they are named', () => {
  assert.deepEqual(told(secure(), good), [])
  assert.deepEqual(told(secure()), ['/tlsPolicies/0/certificateIds/0 certificate_missing'])
  assert.deepEqual(told(secure({}, { defaultCertificateId: testId(501) }), good, { ...good, ...WEAK, id: testId(501) }), ['/listeners/0/defaultCertificateId certificate_unusable'])
  assert.deepEqual(told(secure({}, { enabled: false })), [], 'nobody is shown it')
  const connection = { tls: { clientCertificateId: good.id } }
  assert.deepEqual(told({ upstreams: [{ connection }, { connection, enabled: false }] }, { ...good, ...WEAK }), ['/upstreams/0/connection/tls/clientCertificateId certificate_unusable'])
})

test('a policy that asks for more than others takes fewer certificates; one that TLS cannot be spoken by is one issue', () => {
  const rsa = { ...good, ...WEAK }
  assert.deepEqual(told(secure({ ciphers: 'DEFAULT:@SECLEVEL=0' }), rsa), [])
  assert.deepEqual(told(secure({ ciphers: 'DEFAULT:@SECLEVEL=5' }), good), ['/tlsPolicies/0/certificateIds/0 certificate_unusable'])
  assert.deepEqual(told(secure({ ciphers: 'NOPE' })), ['/tlsPolicies/0/ciphers tls_policy_unusable'])
})

test('what came by ACME is looked at where a policy uses it without naming it', () => {
  const acme = { certificateIds: [], acme: { enabled: true, domains: ['a.test'] } }
  assert.deepEqual(told(secure(acme)), [], 'it may come still')
  assert.deepEqual(told(secure(acme), { ...good, byAcme: true }), [])
  assert.deepEqual(told(secure(acme), { ...good, ...WEAK, byAcme: true }), ['/tlsPolicies/0/acme certificate_unusable'])
  assert.deepEqual(told(secure(acme), { ...good, ...WEAK, names: ['b.test'], byAcme: true }), [])
})
