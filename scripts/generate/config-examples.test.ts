import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Listener } from '../../shared/schema/listener.ts'
import { Policy } from '../../shared/schema/policy.ts'
import { Provider } from '../../shared/schema/provider.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'
import { Route } from '../../shared/schema/route.ts'
import { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import { Upstream } from '../../shared/schema/upstream.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { EXAMPLES, exampleOf } from './config-examples.ts'
import { listFields, type Schema } from './schema-fields.ts'

const SCHEMAS: Record<DraftedKind, unknown> = { listeners: Listener, upstreams: Upstream, routes: Route, providers: Provider, tlsPolicies: TlsPolicy, policies: Policy }

for (const kind of DRAFTED_KINDS) {
  test(`every example of the ${kind} is one that is taken`, () => {
    for (const example of EXAMPLES[kind]) assert.deepEqual(decodeByKind[kind](example).issues, [])
  })

  test(`every field of the ${kind} has an example`, () => {
    const without = listFields(SCHEMAS[kind] as Schema).map(({ path }) => path).filter((path) => exampleOf(kind, path) === undefined)
    assert.deepEqual(without, [])
  })
}
