import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import { Heartbeat } from '../schema/node-api.ts'
import { DRAFTED_KINDS } from '../schema/resource.ts'
import { IdentifiedListener, IdentifiedPolicy, IdentifiedProvider, IdentifiedRoute, IdentifiedTlsPolicy, IdentifiedUpstream } from '../schema/snapshot.ts'
import { listenerOf, policyOf, providerOf, routeOf, testId, tlsPolicyOf, upstreamOf } from '../testing/content.ts'
import { seededRandom, type SeededRandom } from '../testing/seeded-random.ts'
import { compileDecoder } from './compile-decoder.ts'

const SCHEMAS = { listeners: IdentifiedListener, upstreams: IdentifiedUpstream, routes: IdentifiedRoute, providers: IdentifiedProvider, tlsPolicies: IdentifiedTlsPolicy, policies: IdentifiedPolicy }

const SAMPLES = {
  listeners: listenerOf({ labels: { a: 'b' }, trustedProxies: ['10.0.0.0/8'], redirectToHttps: {} }),
  upstreams: upstreamOf({ sessionAffinity: { cookie: { domain: 'a.example' } }, retry: { statuses: [503] } }),
  routes: routeOf({ split: [{ upstreamId: testId(1) }], match: { hosts: ['a.example'], path: { type: 'exact', value: '/a' }, headers: [{ name: 'a', mode: 'Exists' }] }, maintenance: { retryAfterSeconds: 5 } }),
  providers: providerOf({ algorithms: ['ES256'], from: 'cookie:token' }),
  tlsPolicies: tlsPolicyOf({ ciphers: 'AES128-SHA', clientAuth: { mode: 'request', caPem: '-----BEGIN CERTIFICATE-----' }, hsts: {} }),
  policies: policyOf({ authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] }, ipAllow: ['10.0.0.0/8'] } })
}

const ODD_VALUES = [null, true, false, 0, -1, 1.5, 1e12, '', 'x', 'a'.repeat(5000), '\0', [], [1], {}, { a: 1 }, 'http', testId(3)]

test('the decoder accepts nothing that a JSON Schema validator refuses, and refuses the rest with a reason', () => {
  const pick = seededRandom(42)
  let refused = 0
  for (const kind of DRAFTED_KINDS) {
    const decode = compileDecoder(SCHEMAS[kind])
    const validator = Compile(SCHEMAS[kind])
    assert.ok(validator.Check(SAMPLES[kind]))
    for (let round = 0; round < 3000; round++) {
      const input = structuredClone(SAMPLES[kind])
      mutate(input as unknown as Record<string, unknown>, pick)
      const result = decode(input)
      if (result.ok) assert.ok(validator.Check(result.value), JSON.stringify(input))
      else {
        refused++
        assert.ok(result.issues.length > 0)
        if (validator.Check(input)) assertOnlyFormats(result.issues.map((issue) => issue.message))
      }
    }
  }
  assert.ok(refused > 3000, `only ${refused} inputs were refused`)
})

test('a union of a schema and null takes both', () => {
  const decode = compileDecoder(Heartbeat.properties.serving)
  const desired = { epoch: testId(1), revision: 1, sha256: 'a'.repeat(64) }
  assert.deepEqual(decode(null), { ok: true, value: null, issues: [] })
  assert.deepEqual(decode(desired), { ok: true, value: desired, issues: [] })
  assert.deepEqual(decode({ ...desired, revision: 0 }).issues.map((issue) => issue.path), ['/revision'])
})

/** Where the plain validator is content, only rules that it does not know may refuse: formats, keys of maps, broken text. */
function assertOnlyFormats(messages: string[]): void {
  for (const message of messages) assert.match(message, /must be (an IP address|an address range|one of host|http:\/\/host|an http or https address|a host)|an http or https URL|bearer or cookie|cannot be a key|NUL/)
}

/** Changes, removes or adds one value somewhere inside. */
function mutate(value: Record<string, unknown>, pick: SeededRandom): void {
  const keys = Object.keys(value)
  if (keys.length === 0 || pick.below(12) === 0) {
    if (!Array.isArray(value)) value[pick.one(['extra', 'name', 'Name', 'description'])] = pick.one(ODD_VALUES)
    return
  }
  const key = pick.one(keys)
  const inner = value[key]
  if (typeof inner === 'object' && inner !== null && pick.below(4) !== 0) mutate(inner as Record<string, unknown>, pick)
  else if (pick.below(4) === 0 && !Array.isArray(value)) delete value[key]
  else value[key] = pick.one(ODD_VALUES)
}
