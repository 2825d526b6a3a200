import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { globSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { ChaosPromise } from './chaos-promise.ts'
import type { Check } from './stand.ts'

const SAMPLES = 50
/** What is measured is measured by `npm run chaos`; here only what happens is looked at. */
const SLACK = 10

const quick: { number: string; file: string; title: string }[] = []
for (const name of globSync('[0-9][0-9]-*.ts', { cwd: import.meta.dirname }).sort()) {
  const file = path.join(import.meta.dirname, name)
  const { promise } = await import(pathToFileURL(file).href) as { promise: ChaosPromise }
  if (promise.isQuick === true) quick.push({ number: name.slice(0, 2), file, title: promise.title })
}

// Each has a system of its own, and waits most of the time.
describe('promises that are quickly kept', { concurrency: 2 }, () => {
  for (const { number, file, title } of quick) {
    test(`${number} ${title}`, async () => {
      const child = fork(path.join(import.meta.dirname, 'run-promise.ts'), [file, String(SAMPLES), String(SLACK)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      const verdict = await new Promise<{ checks: Check[]; error: string | null }>((resolve) => {
        child.once('message', (message) => resolve(message as { checks: Check[]; error: string | null }))
        child.once('exit', () => resolve({ checks: [], error: 'it ended without a word' }))
      })
      assert.equal(verdict.error, null)
      assert.ok(verdict.checks.length > 0)
      assert.deepEqual(verdict.checks.filter(({ isMet }) => !isMet), [])
    })
  }
})
