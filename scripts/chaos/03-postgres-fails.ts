import { setTimeout as sleep } from 'node:timers/promises'
import { descendants } from '../services/descendants.ts'
import { runAlone } from '../services/postgres.ts'
import { eventually } from '../system/support/eventually.ts'
import { spawnService } from '../system/support/service.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { type ControlStand, startControlStand } from './control-stand.ts'
import type { Stand } from './stand.ts'

const CRASHES_PER_ROUND = 10
/** A publish takes some tens of milliseconds, more on a busy machine: the crash comes before, within or behind it. */
const CRASH_WITHIN_MS = 300
/** A stopped server is noticed when a statement is overdue. */
const SAY_SO_MS = 35_000

interface Findings { crashes: number; published: number; lost: number; problems: string[]; refusals: string[] }

export const promise: ChaosPromise = {
  title: 'PostgreSQL is absent at the start, killed in the middle of a publish, or stopped',
  seconds: 600,
  async run(stand) {
    const control = await startControlStand(stand)
    const found: Findings = { crashes: 0, published: 0, lost: 0, problems: [], refusals: [] }
    await stand.underWatch(async (round) => {
      if (round === 0) {
        await absentAtStart(stand, control)
        await stopped(stand, control)
      }
      for (let crash = 0; crash < CRASHES_PER_ROUND; crash++) await crashInPublish(control, found)
    })
    stand.check('a publish is there whole or not at all', found.problems.length === 0 && found.lost === 0, `${found.crashes} crashes, ${found.published} publishes came through, ${found.lost} confirmed ones lost; ${found.problems.join(', ') || 'revisions without gaps, one audit row and one desired revision each'}`)
    stand.check('what did not come through was answered 503', found.refusals.every((refusal) => refusal === '503 database_unavailable'), [...new Set(found.refusals)].join(' | ') || 'all came through')
    await control.edit()
    const { body } = await control.system.api.publish('the last') as { body: { revision: number } }
    await control.system.applied(body.revision)
  }
}

/** control-web waits for its database and serves when it is there. */
async function absentAtStart(stand: Stand, { system, database }: ControlStand): Promise<void> {
  await system.web.stop()
  await database.stopServer()
  const waiting = spawnService('server/web.ts', system.webEnv)
  system.web = waiting
  await eventually('it says that it waits', () => waiting.lines.some((line) => /database/i.test(line)), 10_000 * stand.slack)
  await database.startServer()
  const from = performance.now()
  await eventually('the API answers', async () => (await system.api.request('GET', '/routes')).status === 200, 30_000 * stand.slack)
  stand.check('absent at the start: control-web waits for it', true, `serves ${(performance.now() - from).toFixed(0)} ms after it is there`)
}

/** Every process of it, so that open connections hang as well. */
async function stopped(stand: Stand, { system, database }: ControlStand): Promise<void> {
  const pids = [database.serverPid, ...descendants(database.serverPid)]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  const from = performance.now()
  try {
    const ready = await fetch(`${system.baseUrl}/readyz`)
    const readyMs = performance.now() - from
    const { status, body } = await system.api.request('GET', '/routes', undefined, {}, SAY_SO_MS * stand.slack) as { status: number; body: { error: { code: string; message: string } } }
    stand.check('stopped: the API says 503 and why', ready.status === 503 && status === 503 && body.error.code === 'database_unavailable', `/readyz 503 after ${readyMs.toFixed(0)} ms, the API ${status} ${body.error.code} after ${(performance.now() - from).toFixed(0)} ms`)
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  await eventually('the API answers again', async () => (await system.api.request('GET', '/routes')).status === 200, 30_000 * stand.slack)
}

async function crashInPublish(control: ControlStand, found: Findings): Promise<void> {
  const { system, database } = control
  await eventually('a route can be changed', async () => {
    await control.edit()
    return true
  }, 30_000)
  const before = await count(database.url, 'SELECT max(revision)::int AS n FROM snapshots')
  const { draftHash } = await system.api.must<{ draftHash: string }>('POST', '/config/validate', {})
  const publishing = system.api.request<{ error?: { code: string } } | null>('POST', '/config/publish', { expectedRevision: before, expectedDraftHash: draftHash, note: 'into a crash' })
  await sleep(Math.random() * CRASH_WITHIN_MS)
  await database.stopServer(true)
  await database.startServer()
  const { status, body } = await publishing
  found.crashes++
  const after = await count(database.url, 'SELECT max(revision)::int AS n FROM snapshots')
  if (after === before + 1) found.published++
  if (status === 201 && after !== before + 1) found.lost++
  if (status !== 201 && after === before) found.refusals.push(`${status} ${body?.error?.code ?? ''}`)
  found.problems.push(...await inconsistencies(database.url, after))
}

async function inconsistencies(url: string, revision: number): Promise<string[]> {
  const facts = {
    'a revision is missing': revision - await count(url, 'SELECT count(*)::int AS n FROM snapshots'),
    'audit rows and revisions differ': revision - await count(url, "SELECT count(*)::int AS n FROM audit WHERE action = 'config.publish'"),
    'a node should serve another one': await count(url, 'SELECT count(*)::int AS n FROM desired WHERE revision <> $1', [revision]),
    'another one is live': revision - await count(url, 'SELECT live_revision AS n FROM configuration')
  }
  return Object.entries(facts).filter(([, difference]) => difference !== 0).map(([what]) => what)
}

async function count(url: string, sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await runAlone(url, sql, values)
  return (rows[0] as { n: number }).n
}
