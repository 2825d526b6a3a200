import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'
import { isRunning } from './services/is-running.ts'
import { waitUntil } from './services/wait-until.ts'

let folder: string

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-bootstrap-'))
})

after(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program through the bootstrap, with an empty environment. */
function start(source: string, args: string[] = []) {
  const file = path.join(folder, `program-${Math.random().toString(36).slice(2)}.ts`)
  writeFileSync(file, source)
  const child = spawn(process.execPath, [path.join(projectRoot, 'scripts/bootstrap.mjs'), file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder },
    cwd: folder
  })
  const lines: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')))
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')))
  return { child, lines, ended: once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> }
}

test('passes arguments and the exit code, with the project\'s Node and its programs first on PATH', async () => {
  const { lines, ended } = start('console.log(JSON.stringify(process.argv.slice(2)), process.version, process.env.PATH); process.exit(3)', ['--flag', 'a b'])
  assert.deepEqual(await ended, [3, null])
  const [args, version, PATH] = (lines[0] ?? '').split(/ (?=v\d)| (?=\/)/)
  assert.equal(args, '["--flag","a b"]')
  assert.match(version ?? '', /^v(2[6-9]|[3-9]\d)\./)
  assert.equal(PATH?.split(':')[0], path.join(projectRoot, 'node_modules/.bin'))
})

test('passes signals on, and ends as the program did', async () => {
  const { child, lines, ended } = start("process.once('SIGINT', () => { console.log('stopping'); process.kill(process.pid, 'SIGTERM') }); setInterval(() => {}, 1000); console.log('up')")
  await waitUntil(() => lines.includes('up'), { ms: 10_000, what: 'the program to start' })
  child.kill('SIGINT')
  assert.deepEqual(await ended, [null, 'SIGTERM'])
  assert.ok(lines.includes('stopping'))
  assert.ok(lines.some((line) => /^set-up: .*program-.*\.ts was ended by SIGTERM$/.test(line)), lines.join('\n'))
})

test('the program learns that the bootstrap was killed', async () => {
  const mark = path.join(folder, 'told')
  const { child, lines } = start(`import { writeFileSync } from 'node:fs'
    process.once('disconnect', () => { writeFileSync(${JSON.stringify(mark)}, ''); process.exit() })
    console.log(process.pid)`)
  await waitUntil(() => lines.length > 0, { ms: 10_000, what: 'the program to start' })
  child.kill('SIGKILL')
  await waitUntil(() => existsSync(mark) && !isRunning(Number(lines[0])), { ms: 10_000, what: 'the program to end' })
})
