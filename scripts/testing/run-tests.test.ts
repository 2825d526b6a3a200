import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { projectRoot } from '../project-root.ts'

let folder: string

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-test-runner-'))
  const files = {
    good: "test('good one', () => {})",
    bad: "test('bad one', () => { throw new Error('no') })",
    left: "test('left out', { skip: true }, () => {})"
  }
  for (const [name, body] of Object.entries(files)) writeFileSync(path.join(folder, `${name}.test.ts`), `import test from 'node:test'\n${body}\n`)
})

after(() => rmSync(folder, { recursive: true, force: true }))

async function runFiles(names: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { NODE_TEST_CONTEXT: _, ...own } = process.env
  const files = names.map((name) => path.join(folder, `${name}.test.ts`))
  const child = spawn(process.execPath, [path.join(projectRoot, 'scripts/test.ts'), ...files], { env: { ...own, CI: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, stdout, stderr }
}

test('the runner\'s counts come last and the exit code tells', async () => {
  const good = await runFiles(['good'])
  assert.equal(good.code, 0, good.stderr)
  assert.match(good.stdout, /ℹ tests 1\nℹ suites 0\nℹ pass 1\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\nℹ duration_ms [\d.]+\n$/)

  const bad = await runFiles(['good', 'bad'])
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /ℹ tests 2\n[^]*ℹ fail 1\n/)
  assert.match(bad.stderr, /^test: exit code 1: 1 tests failed or were cancelled$/m)
})

test('a skipped test is named, and is a failure in continuous integration', async () => {
  const byHand = await runFiles(['good', 'left'])
  assert.equal(byHand.code, 0)
  assert.match(byHand.stderr, /ATTENTION: 1 tests did not run:\n.*left\.test\.ts: left out/)
  assert.equal((await runFiles(['left'], { CI: 'true' })).code, 1)
})

test('a file that does not exist and an unknown option are refused', async () => {
  assert.match((await runFiles(['absent'])).stderr, /absent\.test\.ts does not exist/)
  const child = spawn(process.execPath, [path.join(projectRoot, 'scripts/test.ts'), '--wat'], { stdio: ['ignore', 'ignore', 'pipe'] })
  assert.match(await text(child.stderr), /Unknown option '--wat'/)
})
