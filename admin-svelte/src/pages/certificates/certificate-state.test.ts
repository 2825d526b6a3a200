import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareLeft, stateOf } from './certificate-state.ts'

const certificate = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-01-11T00:00:00Z' }

test('the share of the lifetime that is left lies between none and all', () => {
  assert.equal(shareLeft(certificate, Date.parse('2026-01-06T00:00:00Z')), 0.5)
  assert.equal(shareLeft(certificate, Date.parse('2025-01-01T00:00:00Z')), 1)
  assert.equal(shareLeft(certificate, Date.parse('2027-01-01T00:00:00Z')), 0)
})

test('a certificate that ends within a day, or has a tenth of its life left, is warned of where nothing renews it', () => {
  const hours = (count: number) => Date.parse(certificate.notAfter) - count * 3_600_000
  const words = (source: 'uploaded' | 'acme', status: 'valid' | 'expiring' | 'expired', now: number) => stateOf({ ...certificate, source, status }, now)
  assert.deepEqual(words('uploaded', 'valid', hours(23)), { tone: 'warn', words: 'certificates.endsSoon' })
  assert.equal(words('acme', 'valid', hours(23)).tone, 'good')
  // Of ten days a tenth is one day.
  assert.equal(words('uploaded', 'valid', hours(25)).tone, 'good')
  assert.deepEqual(stateOf({ notBefore: '2025-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z', source: 'uploaded', status: 'expiring' }, Date.parse('2025-12-01T00:00:00Z')).words, 'certificates.endsSoon')
  assert.equal(words('uploaded', 'expired', hours(-1)).words, 'certificates.expired')
})
