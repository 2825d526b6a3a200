import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchRoute } from '../../shared/routing/match-route.ts'
import type { Snapshot, SnapshotContent } from '../../shared/schema/snapshot.ts'
import { contentOf, type Given } from '../../shared/testing/content.ts'
import { randomFrom } from '../testing/fuzz/random.ts'
import { RuntimeEdit } from '../proxy/runtime-edit.ts'
import { destinationsOf, endpointKey, type Runtime } from '../proxy/runtime.ts'
import type { ThreadContext } from '../proxy/thread-context.ts'
import { NodeSlots } from '../state/node-slots.ts'
import { createSharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { ThreadState } from '../state/thread-state.ts'
import { TimingWheel } from '../state/timing-wheel.ts'
import { OpenWebSockets } from '../websocket/open-web-sockets.ts'
import { NodeConfiguration } from './node-configuration.ts'
import type { RuntimePart } from './runtime-part.ts'

const memory = createSharedMemory(1)
const quiet = { info() {}, warn() {}, error() {} }

function threadOf(): ThreadContext {
  const state = new ThreadState(memory, 0)
  return { current: null, state, wheel: new TimingWheel(100, 0), webSockets: new OpenWebSockets(), signals: new Signals(memory.signals), telemetry: { observe() {}, tick() {}, recent: () => [] }, random: Math.random, log: quiet, onTargetEvent() {} }
}

function build(thread: ThreadContext, base: Runtime | null, parts: readonly string[]): Runtime {
  const edit = new RuntimeEdit(thread, base, 1)
  for (const part of parts) assert.deepEqual(edit.apply(JSON.parse(part) as RuntimePart), [])
  return edit.finish()
}

/** What the Runtime does with requests, as text. */
function behaviour(runtime: Runtime): string {
  const lines: string[] = []
  for (const [key, listener] of runtime.listeners) {
    for (const host of ['a.example', 'b.example', 'x.wild.example', 'none.example']) {
      for (const path of ['/', '/p1', '/p2/x', '/p3/y/z', '/p4']) {
        const found = matchRoute(runtime.routes, listener.config.id, { host, hostPort: 80, path, method: 'GET', isWebSocket: false, tenantCode: '', query: '', fields: '' })
        const route = found === null ? null : runtime.actions[found.index]!
        lines.push(`${key} ${host}${path} ${route?.name} ${route?.activityMs} ${route === null || route === undefined ? undefined : destinationsOf(route).map(({ upstream, connectMs }) => `${upstream.name} ${connectMs} ${upstream.targets.map(({ id, weight }) => `${id}:${weight}`).join()}`).join(' | ')}`)
      }
    }
  }
  return lines.sort().join('\n')
}

function randomContent(random: () => number): SnapshotContent {
  const some = <T>(most: number, make: (index: number) => T): T[] => Array.from({ length: most }, (_, index) => index).filter(() => random() < 0.7).map(make)
  const listeners: Given[] = [{ number: 1, port: 8081, enabled: true }, ...some(2, (index) => ({ number: index + 2, port: 8082 + index, enabled: random() < 0.8 }))]
  const upstreams: Given[] = [{ number: 1, name: 'always' }, ...some(4, (index) => ({ number: index + 2, name: `u${index}`, connection: { connectTimeoutMs: 1000 + Math.floor(random() * 3) }, targets: some(3, (target) => ({ id: `t${target}`, address: `http://127.0.0.1:${9000 + target}`, weight: 1 + Math.floor(random() * 2), enabled: random() < 0.8 })) }))]
  const ids = upstreams.map(({ number }) => number!)
  const routes: Given[] = some(8, (index) => ({
    number: index + 1,
    name: `r${index}`,
    enabled: random() < 0.85,
    priority: Math.floor(random() * 3),
    upstreamId: `00000000-0000-7000-8000-${String(ids[Math.floor(random() * ids.length)]).padStart(12, '0')}`,
    listenerIds: random() < 0.3 ? ['00000000-0000-7000-8000-000000000001'] : [],
    timeouts: { activityMs: 1000 + Math.floor(random() * 3) },
    match: { ...(random() < 0.5 ? { hosts: [['a.example', 'b.example', '*.wild.example', '*'][Math.floor(random() * 4)]] } : {}), ...(random() < 0.7 ? { path: { type: 'prefix', value: `/p${Math.floor(random() * 5)}` } } : {}) }
  }))
  return contentOf({ listeners, upstreams, routes })
}

const snapshotOf = (content: SnapshotContent): Snapshot => ({ epoch: '', revision: 1, schemaVersion: 1, createdBy: '', createdAt: '', note: '', sha256: '', content })

test('a thread that takes only what changed serves the same as one that takes all, and never changes what serves', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = randomFrom(seed)
    const planner = new NodeConfiguration(new NodeSlots(memory))
    const thread = threadOf()
    let current: Runtime | null = null
    let currentNumber: number | null = null
    for (let step = 0; step < 12; step++) {
      const planned = planner.plan(snapshotOf(randomContent(random)))
      const whole = build(threadOf(), null, planned.whole())
      const before: string = current === null ? '' : behaviour(current)
      const isChange = planned.base !== null && planned.base === currentNumber
      const next: Runtime = build(thread, isChange ? current : null, isChange ? planned.changes() : planned.whole())
      assert.equal(behaviour(next), behaviour(whole), `seed ${seed}, step ${step}`)
      if (current !== null) assert.equal(behaviour(current), before, 'what serves is never changed')
      if (random() < 0.2) {
        planner.forget()
        continue
      }
      planner.commit()
      // Now and then a thread misses one, as after its replacement.
      if (random() < 0.2) continue
      current = next
      currentNumber = planned.number
    }
  }
})

test('parts are bounded, and what did not change is taken over as it is', () => {
  const planner = new NodeConfiguration(new NodeSlots(memory))
  const content = (name: string): SnapshotContent => contentOf({ listeners: [{ port: 8081 }], routes: Array.from({ length: 500 }, (_, index) => ({ name: index === 5 ? name : `r${index}`, match: { path: { type: 'prefix', value: `/p${index}` } } })) })
  const first = planner.plan(snapshotOf(content('one')))
  for (const part of first.whole()) assert.ok(part.length < 40_000)
  const thread = threadOf()
  const before = build(thread, null, first.whole())
  planner.commit()
  const second = planner.plan(snapshotOf(content('two')))
  assert.ok(second.changes().join('').length < 5_000)
  const after = build(thread, before, second.changes())
  assert.equal(after.actions.filter((action, index) => action !== before.actions[index]).length, 1)
  assert.equal(after.upstreams.get([...after.upstreams.keys()][0]!), before.upstreams.get([...before.upstreams.keys()][0]!))
  assert.ok(after.listeners.has(endpointKey({ address: '0.0.0.0', port: 8081 })))
})
