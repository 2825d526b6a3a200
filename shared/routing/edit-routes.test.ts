import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { Identified, SnapshotContent } from '../schema/snapshot.ts'
import { contentOf, type Given, listenerOf, routeOf, testId } from '../testing/content.ts'
import { type SeededRandom, seededRandom } from '../testing/seeded-random.ts'
import { compileRoutes } from './compile-routes.ts'
import { type CompiledRoutes, emptyRoutes } from './compiled-routes.ts'
import { editRoutes, type RouteEdit } from './edit-routes.ts'
import { matchRoute } from './match-route.ts'
import { type RouteChanges, RouteOrder } from './route-order.ts'
import type { PlainRequest } from './testing/naive-match.ts'
import { LISTENERS, PLAIN_REQUEST, randomRequest, randomRoute } from './testing/random-routing.ts'
import { tableParts } from './testing/table-parts.ts'

const path = (value: string) => ({ match: { path: { type: 'prefix', value } } })

function winner(compiled: CompiledRoutes, request: PlainRequest): Identified<Route> | undefined {
  return matchRoute(compiled, request.listener, request)?.route
}

function winnerOf(compiled: CompiledRoutes, path: string, listener = testId(1)): string | undefined {
  return winner(compiled, { ...PLAIN_REQUEST, listener, path })?.name
}

/** What a data node does with changes. */
function apply(edit: RouteEdit, order: RouteOrder, changes: RouteChanges): boolean {
  const { ranked, renumbered } = order.replace(changes)
  for (const id of changes.removed) edit.remove(id)
  for (const route of changes.upserted) edit.remove(route.id)
  // As the other threads get them.
  for (const route of structuredClone(ranked)) edit.add(route)
  return renumbered
}

/** A node that serves the content. */
function served(content: SnapshotContent): { order: RouteOrder; compiled: CompiledRoutes } {
  const order = new RouteOrder()
  const edit = editRoutes(emptyRoutes())
  edit.setListeners(enabledIds(content.listeners))
  apply(edit, order, { removed: [], upserted: content.routes })
  return { order, compiled: edit.finish() }
}

function enabledIds(listeners: Identified<Listener>[]): string[] {
  return listeners.filter((listener) => listener.enabled).map((listener) => listener.id)
}

describe('editRoutes', () => {
  test('gives what a fresh compile gives after any changes, and leaves what it began with as it was', () => {
    let hits = 0
    for (let seed = 1; seed <= 40; seed++) hits += runRandomEdits(seed)
    assert.ok(hits > 5000, `only ${hits} requests found a route`)
  })

  test('copies only what one changed route among ten thousand touches', () => {
    const forms: ((number: number) => Given)[] = [(number) => ({ match: { hosts: [`h${number}.example`], path: { type: 'prefix', value: '/a' } } }), (number) => path(`/a${number}`)]
    for (const form of forms) {
      const { order, compiled } = served(contentOf({ routes: Array.from({ length: 10_000 }, (_, index) => form(index + 1)) }))
      const edit = editRoutes(compiled)
      apply(edit, order, { removed: [], upserted: [routeOf({ number: 5000, name: 'changed', ...form(5000), priority: 1 })] })
      const after = edit.finish()
      const before = tableParts(compiled)
      const made = [...tableParts(after)].filter((part) => !before.has(part))
      assert.ok(before.size >= 40_000, `${before.size} parts`)
      assert.ok(made.length <= 20, `${made.length} parts were made anew`)
      assert.deepEqual([compiled, after].map((routes) => routes.byId.get(testId(5000))?.name), ['route 5000', 'changed'])
    }
  })

  test('serves a route from the moment its listener is enabled, and no longer when it is disabled', () => {
    const { compiled } = served(contentOf({ listeners: [{}, { enabled: false }], routes: [{ name: 'waiting', listenerIds: [testId(2)] }] }))
    assert.equal(winnerOf(compiled, '/', testId(2)), undefined)
    const edit = editRoutes(compiled)
    edit.setListeners([testId(1), testId(2)])
    const both = edit.finish()
    assert.equal(winnerOf(both, '/', testId(2)), 'waiting')
    assert.equal(winnerOf(both, '/', testId(1)), undefined)
    edit.setListeners([testId(1)])
    assert.equal(winnerOf(edit.finish(), '/', testId(2)), undefined)
    assert.equal(winnerOf(both, '/', testId(2)), 'waiting')
  })

  test('may go on after it finished, without a change to what it gave', () => {
    const { order, compiled } = served(contentOf({ routes: [{ name: 'first' }] }))
    const edit = editRoutes(compiled)
    apply(edit, order, { removed: [], upserted: [routeOf({ number: 2, name: 'second', priority: 1 })] })
    const second = edit.finish()
    apply(edit, order, { removed: [testId(1), testId(2)], upserted: [] })
    const third = edit.finish()
    assert.deepEqual([compiled, second, third].map((routes) => winnerOf(routes, '/')), ['first', 'second', undefined])
  })

  test('has the place of a removed route free for another one', () => {
    const { order, compiled } = served(contentOf({ routes: [{}, {}] }))
    const edit = editRoutes(compiled)
    order.replace({ removed: [testId(1)], upserted: [] })
    const { ranked } = order.replace({ removed: [], upserted: [routeOf({ number: 3 })] })
    for (const route of ranked) edit.add(route)
    edit.remove(testId(1))
    assert.deepEqual(edit.finish().routes.map((route) => route?.id), [testId(3), testId(2)])
    edit.remove(testId(3))
    assert.deepEqual(edit.finish().routes.map((route) => route?.id), [undefined, testId(2)])
  })

  test('follows when the routes are renumbered', () => {
    const content = contentOf({ routes: [{ priority: 2, ...path('/x') }, { priority: 1, ...path('/y') }, path('/')] })
    const node = served(content)
    let renumbered = false
    for (let number = 4; number < 100 && !renumbered; number++) {
      // Each goes right before the one that came last.
      const route = routeOf({ number, ...path(`/${'a'.repeat(number)}`) })
      content.routes.push(route)
      const edit = editRoutes(node.compiled)
      renumbered = apply(edit, node.order, { removed: [], upserted: [route] })
      node.compiled = edit.finish()
    }
    assert.equal(renumbered, true)
    const fresh = compileRoutes(content)
    assert.equal(tableParts(node.compiled).size, tableParts(fresh).size)
    for (const { match } of content.routes) assert.equal(winnerOf(node.compiled, match.path!.value), winnerOf(fresh, match.path!.value))
  })
})

/** Changes a configuration at random, step by step. @returns how many requests found a route */
function runRandomEdits(seed: number): number {
  const pick = seededRandom(seed)
  const routes = new Map<string, Identified<Route>>()
  const order = new RouteOrder()
  const earlier: (() => void)[] = []
  let listeners = LISTENERS
  let compiled = emptyRoutes()
  let hits = 0
  for (let step = 0; step < 30; step++) {
    const edit = editRoutes(compiled)
    if (pick.below(5) === 0) listeners = listeners.map((listener, index) => listenerOf({ name: listener.name, enabled: pick.below(3) > 0 }, index + 1))
    edit.setListeners(enabledIds(listeners))
    for (let count = pick.below(3); count >= 0; count--) apply(edit, order, randomChanges(pick, routes))
    compiled = edit.finish()
    const fresh = compileRoutes({ listeners, upstreams: [], routes: [...routes.values()], providers: [], tlsPolicies: [], policies: [] })
    hits += assertSame(compiled, fresh, pick, `seed ${seed}, step ${step}`)
    earlier.push(unchangedCheck(compiled))
  }
  for (const check of earlier) check()
  const edit = editRoutes(compiled)
  apply(edit, order, { removed: [...routes.keys()], upserted: [] })
  edit.setListeners([])
  assert.deepEqual(edit.finish(), emptyRoutes())
  return hits
}

function randomChanges(pick: SeededRandom, routes: Map<string, Identified<Route>>): RouteChanges {
  const removed = [...routes.keys()].filter(() => pick.below(8) === 0)
  for (const id of removed) routes.delete(id)
  const numbers = Array.from({ length: pick.below(4) }, () => 1 + pick.below(30))
  const upserted = numbers.map((number) => routeOf({ number, ...randomRoute(pick) }))
  for (const route of upserted) routes.set(route.id, route)
  return { removed, upserted }
}

/** The same winners, and nothing in the one that is not in the other. @returns how many requests found a route */
function assertSame(compiled: CompiledRoutes, fresh: CompiledRoutes, pick: SeededRandom, message: string): number {
  assert.equal(tableParts(compiled).size, tableParts(fresh).size, message)
  let hits = 0
  for (let count = 0; count < 40; count++) {
    const request = randomRequest(pick)
    const found = winner(compiled, request)
    if (found !== undefined) hits++
    assert.deepEqual(found, winner(fresh, request), `${message}: ${JSON.stringify(request)}`)
  }
  return hits
}

function unchangedCheck(compiled: CompiledRoutes): () => void {
  const copy = copyOf(compiled)
  return () => assert.deepEqual(compiled, copy)
}

/** Maps, lists and objects copied, down to the criteria, which hold functions and are never changed. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, copyOf(inner)])) as T
  if (Array.isArray(value)) return value.map(copyOf) as T
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'criteria' ? inner : copyOf(inner)])) as T
}
