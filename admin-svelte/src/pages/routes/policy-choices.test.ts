import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../../../shared/schema/policy.ts'
import type { Identified } from '../../../../shared/schema/snapshot.ts'
import { nameProblem, policyChoices } from './policy-choices.ts'

const policy = (id: string, name: string, rest: object) => ({ id, name, enabled: true, ...rest }) as unknown as Identified<Policy>
const POLICIES = [
  policy('1', 'keys', { authorization: {} }),
  policy('2', 'Keys', { authorization: {}, tenantCode: 'acme' }),
  policy('3', 'staff', { authorization: {}, tenantCode: 'other' }),
  policy('4', 'calm', { rateLimiter: {}, enabled: false })
]
const ids = (field: 'authorizationPolicy' | 'rateLimiterPolicy', tenantCode?: string) => policyChoices(POLICIES, field, tenantCode).map(({ id }) => id)

test('a route is offered the policies of the kind that all share, and those of its own tenant', () => {
  assert.deepEqual(ids('authorizationPolicy'), ['1'])
  assert.deepEqual(ids('authorizationPolicy', 'acme'), ['2'])
  assert.deepEqual(ids('authorizationPolicy', 'other'), ['1', '3'])
  assert.deepEqual(ids('rateLimiterPolicy'), ['4'])
})

test('what a publish would say about a name is told while it is typed', () => {
  assert.equal(nameProblem(POLICIES, 'authorizationPolicy', undefined, 'KEYS'), null)
  assert.equal(nameProblem(POLICIES, 'authorizationPolicy', undefined, ''), null)
  assert.equal(nameProblem(POLICIES, 'authorizationPolicy', undefined, 'Anonymous'), null)
  assert.equal(nameProblem(POLICIES, 'authorizationPolicy', undefined, 'staff'), 'unknown')
  assert.equal(nameProblem(POLICIES, 'authorizationPolicy', undefined, 'calm'), 'otherKind')
  assert.equal(nameProblem(POLICIES, 'rateLimiterPolicy', undefined, 'calm'), 'disabled')
})
