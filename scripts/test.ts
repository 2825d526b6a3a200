import { chmodSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { buildAdminPage } from './admin-page.ts'
import { readCommandLine } from './command-line.ts'
import { projectRoot } from './project-root.ts'
import { ensureRedis } from './services/install-redis.ts'
import { startPostgres } from './services/postgres.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { printTotals, runTests } from './testing/run-tests.ts'
import type { TestTotals } from './testing/run-tests.ts'

const HELP = `npm test [-- FILE|FOLDER ...]        runs the tests (*.test.ts), or only the given ones
npm run test:all [-- FILE|FOLDER ...] also the long ones (*.long.test.ts)
npm run test:all -- --only-long       only the long ones, when the others just ran

Starts a PostgreSQL server for the run and stops it at the end; installs Redis when it is missing.
With CI=true a skipped test is a failure.`

// These measure time on whole systems: they run one after the other, when nothing else runs.
const ALONE = ['scripts/system/', 'scripts/chaos/', 'scripts/up.test.ts', 'admin-svelte/tests/overview-soon.long.test.ts']
// Most tests wait for something most of the time: one file more than there are processors, four at most.
const AT_ONCE = Math.min(os.availableParallelism() + 1, 4)

const { flags, files: wanted } = readCommandLine(HELP, ['all', 'only-long'], true)
const abort = new AbortController()
const folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-test-'))
const interrupted = stopOnSignal(() => abort.abort())

// While the runner is at work it takes what nobody else caught for its own, and says so to nobody.
process.on('uncaughtExceptionMonitor', (error, origin) => say(`${origin}: ${error.stack ?? error.message}`))
process.on('exit', (code) => {
  if (code !== 0) say(`exit code ${code}: ${interrupted() === undefined ? reason : 'interrupted'}`)
})
let reason = 'something ended this process before the run was over'
const exitCode = await main().catch((error: Error) => {
  reason = error.stack ?? error.message
  return 1
})
removeFolder()
// A handle that a library left open must not keep the run from ending.
process.exit(interrupted() ?? exitCode)

async function main(): Promise<number> {
  const files = findFiles()
  if (files.length === 0) throw new Error('no test file matches')
  ensureRedis(say)
  if (wanted.length === 0 || files.some((file) => file.startsWith('admin-svelte/'))) buildAdminPage(say)
  chmodSync(folder, 0o755)
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false })
  process.env.TEST_POSTGRES_URL = postgres.url
  // Hundreds of processes load the same files: with what the first of them compiled, the others start in half the time.
  process.env.NODE_COMPILE_CACHE ??= path.join(folder, 'code')
  try {
    const alone = files.filter((file) => ALONE.some((start) => file.startsWith(start)))
    const together = files.filter((file) => !alone.includes(file))
    const totals = await runTests(
      [{ files: together, concurrency: AT_ONCE }, { files: alone, concurrency: 1 }],
      { signal: abort.signal, timeout: flags.all ? 600_000 : 240_000 }
    )
    const exitCode = verdict(totals)
    printTotals(totals)
    return exitCode
  } finally {
    await postgres.stop()
  }
}

function findFiles(): string[] {
  const pattern = flags['only-long'] ? '**/*.long.test.ts' : flags.all ? '**/*.test.ts' : '**/!(*.long).test.ts'
  const all = globSync(pattern, { cwd: projectRoot, exclude: ['**/node_modules/**', '**/dist/**', '.data/**'] }).sort()
  if (wanted.length === 0) return all
  return [...new Set(wanted.flatMap((name) => {
    const relative = path.relative(projectRoot, path.resolve(name))
    const kind = statSync(path.resolve(name), { throwIfNoEntry: false })
    if (kind === undefined) throw new Error(`${name} does not exist`)
    // A file that is named runs, also when it is a long one.
    return kind.isDirectory() ? all.filter((file) => file.startsWith(`${relative}${path.sep}`) || relative === '') : [relative]
  }))]
}

function verdict({ counts, notRun }: TestTotals): number {
  const failed = (counts.get('fail') ?? 0) + (counts.get('cancelled') ?? 0)
  if (notRun.length > 0) say(`ATTENTION: ${notRun.length} tests did not run:\n  ${notRun.join('\n  ')}`)
  if (failed > 0) reason = `${failed} tests failed or were cancelled`
  else if (notRun.length > 0 && process.env.CI === 'true') reason = 'in continuous integration every test has to run'
  else return 0
  return 1
}

// What cannot be removed is a mess and no verdict on the tests.
function removeFolder(): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    say(`${folder} could not be removed: ${(error as Error).message}`)
  }
}

function say(line: string): void {
  console.error(`test: ${line}`)
}
