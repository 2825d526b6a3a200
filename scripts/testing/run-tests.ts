import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import type { TestEvent } from 'node:test/reporters'
import { projectRoot } from '../project-root.ts'

export interface TestTotals {
  /** The test runner's own counts and `duration_ms`, summed over the groups. */
  counts: Map<string, number>
  /** Tests that were skipped or are todo. */
  notRun: string[]
}

export interface TestGroup {
  files: readonly string[]
  /** Files that run at the same time. */
  concurrency: number
}

export interface RunOptions {
  signal: AbortSignal
  /** Milliseconds a single test may take. */
  timeout: number
}

const COUNTS = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms']

/** Runs the groups one after the other, each file in a process of its own, and prints them as one report. */
export async function runTests(groups: readonly TestGroup[], options: RunOptions): Promise<TestTotals> {
  const totals: TestTotals = { counts: new Map(COUNTS.map((name) => [name, 0])), notRun: [] }
  const reporter = new spec()
  await pipeline(Readable.from(eventsOf(groups, options, totals)), reporter, async (lines) => {
    for await (const line of lines) process.stdout.write(line)
  })
  return totals
}

async function* eventsOf(groups: readonly TestGroup[], options: RunOptions, totals: TestTotals): AsyncGenerator<TestEvent> {
  for (const { files, concurrency } of groups) {
    if (files.length === 0 || options.signal.aborted) continue
    const stall = watchForStall(options.timeout + 60_000)
    const signal = AbortSignal.any([options.signal, stall.signal])
    const events = run({ files: files.map((file) => path.join(projectRoot, file)), concurrency, isolation: 'process', timeout: options.timeout, signal })
    for await (const event of events as AsyncIterable<TestEvent>) {
      stall.onEvent(event)
      if (!count(event, totals)) yield event
    }
    stall.end()
  }
}

// The runner's own limit is for tests; a file whose tests are over but whose process does not end would wait for ever.
function watchForStall(ms: number): { signal: AbortSignal; onEvent(event: TestEvent): void; end(): void } {
  const controller = new AbortController()
  const open = new Set<string>()
  const timer = setTimeout(() => {
    console.error(`test: nothing happened for ${ms / 1000} s; still running: ${[...open].join(', ')}`)
    controller.abort()
  }, ms)
  return {
    signal: controller.signal,
    onEvent: (event) => {
      timer.refresh()
      if (event.type !== 'test:dequeue' && event.type !== 'test:complete') return
      if (event.data.nesting > 0 || !path.isAbsolute(event.data.name)) return
      if (event.type === 'test:dequeue') open.add(path.relative(projectRoot, event.data.name))
      else open.delete(path.relative(projectRoot, event.data.name))
    },
    end: () => clearTimeout(timer)
  }
}

/** Adds what the event says to the totals; true for the runner's own totals, which are printed once, at the end. */
function count(event: TestEvent, totals: TestTotals): boolean {
  if ((event.type === 'test:pass' || event.type === 'test:fail') && (event.data.skip ?? event.data.todo) !== undefined) {
    totals.notRun.push(`${path.relative(projectRoot, event.data.file ?? '')}: ${event.data.name}`)
  }
  if (event.type !== 'test:diagnostic' || event.data.nesting !== 0) return false
  const [name = '', value] = event.data.message.split(' ')
  const before = totals.counts.get(name)
  if (before === undefined || !Number.isFinite(Number(value))) return false
  totals.counts.set(name, before + Number(value))
  return true
}

/** Prints the counts in the test runner's own form. */
export function printTotals(totals: TestTotals): void {
  for (const [name, value] of totals.counts) console.log(`ℹ ${name} ${value}`)
}
