import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'
import { descendants } from './services/descendants.ts'
import { freePort, freePortRange } from './services/free-port.ts'
import { isRunning } from './services/is-running.ts'
import { waitUntil } from './services/wait-until.ts'

const START_MS = 120_000
let folder: string
let env: NodeJS.ProcessEnv
const running = new Set<Run>()

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-up-'))
  chmodSync(folder, 0o755)
  const range = await freePortRange(5)
  const { NODE_TEST_CONTEXT: _, DATABASE_URL: __, REDIS_URL: ___, ...own } = process.env
  env = {
    ...own,
    DATA_DIR: path.join(folder, 'data'),
    CONTROL_PLANE_ADDR: `127.0.0.1:${await freePort()}`,
    METRICS_ADDR: `127.0.0.1:${await freePort()}`,
    HTTP_PORT_RANGE: `${range.from}-${range.to}`,
    THREADS: '2'
  }
})

after(async () => {
  // Only after a failed test is anything left.
  for (const run of running) process.kill(-run.pid, 'SIGTERM')
  await Promise.all([...running].map((run) => run.exited))
  rmSync(folder, { recursive: true, force: true })
})

interface Run {
  lines: string[]
  pid: number
  exited: Promise<number | null>
}

/** `npm run up` with these arguments, in its own environment. */
function up(args: string[], more: NodeJS.ProcessEnv = {}): Run {
  const child = spawn('npm', ['run', '--silent', 'up', '--', ...args], { cwd: projectRoot, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const pid = child.pid as number
  const run: Run = { lines, pid, exited: new Promise((resolve) => child.once('close', resolve)) }
  running.add(run)
  void run.exited.then(() => running.delete(run))
  return run
}

async function untilRunning(run: Run): Promise<void> {
  let ended = false
  void run.exited.then(() => (ended = true))
  await waitUntil(() => ended || run.lines.includes('Ctrl-C stops everything.'), { ms: START_MS, what: 'up to be ready' })
  assert.equal(ended, false, run.lines.join('\n'))
}

/** What stands behind a word of the printed summary. */
function printed(run: Run, word: string): string {
  const line = run.lines.find((one) => one.startsWith(`  ${word} `))
  assert.ok(line, `no line "${word}" in:\n${run.lines.join('\n')}`)
  return line.slice(word.length + 2).trim()
}

/** Runs the printed curl line as a person would. */
function runPrintedCurl(run: Run): string {
  return execFileSync('/bin/sh', ['-c', `${printed(run, 'try it')} --silent --max-time 10`], { encoding: 'utf8' })
}

async function interrupt(run: Run): Promise<void> {
  const pids = descendants(run.pid)
  assert.ok(pids.length > 6, 'up has the processes of the whole system below it')
  // As a terminal does: to every process of the group.
  process.kill(-run.pid, 'SIGINT')
  await waitUntil(() => !running.has(run), { ms: 60_000, what: 'up to stop' })
  assert.ok(run.lines.some((line) => line.endsWith('postgres has stopped')), run.lines.slice(-30).join('\n'))
  assert.deepEqual(pids.filter(isRunning), [])
}

test('the printed curl line works, Ctrl-C leaves no process, the second start finds everything again', async () => {
  const first = up(['--demo'])
  await untilRunning(first)
  assert.match(runPrintedCurl(first), /^HTTP\/1\.1 200 [^]*"servedBy": "origin-[12]"/)
  const signIn = printed(first, 'sign in')
  assert.match(signIn, /^\S+@\S+ +password: \S{12,}$/)
  assert.match(await (await fetch(printed(first, 'admin page'))).text(), /<!doctype html>/i)
  for (const file of ['admin.json', 'node-token']) assert.equal(statSync(path.join(folder, 'data', file)).mode & 0o777, 0o600)
  await interrupt(first)
  const stops = first.lines.filter((line) => line.endsWith(' has stopped')).map((line) => line.split(/ +/)[1])
  assert.deepEqual(stops, ['data-node', 'origin-2', 'origin-1', 'control-jobs', 'control-web', 'redis', 'postgres'])

  const token = readFileSync(path.join(folder, 'data', 'node-token'), 'utf8')
  const second = up(['--demo'])
  await untilRunning(second)
  assert.match(runPrintedCurl(second), /^HTTP\/1\.1 200 /)
  assert.equal(printed(second, 'sign in'), signIn)
  assert.equal(readFileSync(path.join(folder, 'data', 'node-token'), 'utf8'), token)
  assert.deepEqual(await revisions(second), [1])

  const third = up([])
  assert.equal(await third.exited, 1)
  assert.match(third.lines.join('\n'), /process \d+ already runs from .*set another DATA_DIR/)
  await interrupt(second)
})

async function revisions(run: Run): Promise<number[]> {
  const { token } = JSON.parse(readFileSync(path.join(folder, 'data', 'admin.json'), 'utf8')) as { token: string }
  const answer = await fetch(`${printed(run, 'admin page')}/api/v1/snapshots`, { headers: { authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { items: { revision: number }[] }).items.map((item) => item.revision)
}

test('wrong input is one clear line', async () => {
  const unknown = up(['--fast'])
  assert.equal(await unknown.exited, 64)
  assert.match(unknown.lines.join('\n'), /Unknown option '--fast'/)

  const range = up([], { HTTP_PORT_RANGE: '90-80' })
  assert.equal(await range.exited, 1)
  assert.match(range.lines.join('\n'), /HTTP_PORT_RANGE=90-80 is not a list of ports/)

  const holder = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as net.AddressInfo
  const taken = up([], { CONTROL_PLANE_ADDR: `127.0.0.1:${port}` })
  assert.equal(await taken.exited, 1)
  assert.match(taken.lines.join('\n'), new RegExp(`port ${port} on 127.0.0.1 is taken by another program; set CONTROL_PLANE_ADDR`))
  holder.close()
})

test('--help says what can be set', async () => {
  const help = up(['--help'])
  assert.equal(await help.exited, 0)
  assert.match(help.lines.join('\n'), /--demo[^]*DATABASE_URL[^]*HTTP_PORT_RANGE/)
})
