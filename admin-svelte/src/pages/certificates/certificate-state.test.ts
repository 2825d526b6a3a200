import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareLeft } from './certificate-state.ts'

const certificate = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-01-11T00:00:00Z' }

test('the share of the lifetime that is left lies between none and all', () => {
  assert.equal(shareLeft(certificate, Date.parse('2026-01-06T00:00:00Z')), 0.5)
  assert.equal(shareLeft(certificate, Date.parse('2025-01-01T00:00:00Z')), 1)
  assert.equal(shareLeft(certificate, Date.parse('2027-01-01T00:00:00Z')), 0)
})
