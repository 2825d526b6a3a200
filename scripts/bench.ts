import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { LOAD_CPU, type Bench, type BenchCase, type CaseReport } from './bench/bench.ts'
import { bodies } from './bench/cases/bodies.ts'
import { controlPlane } from './bench/cases/control-plane.ts'
import { idle } from './bench/cases/idle.ts'
import { idleTls } from './bench/cases/idle-tls.ts'
import { idleWebSockets } from './bench/cases/idle-websockets.ts'
import { largeBodies } from './bench/cases/large-bodies.ts'
import { matching } from './bench/cases/matching.ts'
import { newConnections } from './bench/cases/new-connections.ts'
import { policies } from './bench/cases/policies.ts'
import { publish } from './bench/cases/publish.ts'
import { richRoute } from './bench/cases/rich-route.ts'
import { routes } from './bench/cases/routes.ts'
import { tls } from './bench/cases/tls.ts'
import { webSocket } from './bench/cases/websocket.ts'
import { pinTo } from './bench/cpu-time.ts'
import { benchmarkDocument, caseChapter } from './bench/report.ts'
import { ensureTools, raiseFileLimit } from './bench/requirements.ts'
import { projectRoot } from './project-root.ts'
import { ensureRedis } from './services/install-redis.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const CASES: readonly BenchCase[] = [routes, richRoute, policies, matching, bodies, newConnections, tls, webSocket, largeBodies, idle, idleTls, idleWebSockets, publish, controlPlane]
const HELP = `npm run bench                     this gateway beside other proxies; writes docs/BENCHMARKS.md (some 30 minutes)
npm run bench -- --quick          one short run of everything, written nowhere
npm run bench -- --only=CASE,...  only these cases, written nowhere:
${CASES.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join('\n')}

Linux only; needs two CPUs, nginx, HAProxy, wrk, h2load, Redis and util-linux (installed when it may).`

const { isQuick, cases } = readArguments()
const abort = new AbortController()
const interrupted = stopOnSignal(() => abort.abort())
const loadBefore = os.loadavg()[0] ?? 0
const folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-bench-'))
// nginx reads it as another user.
chmodSync(folder, 0o755)
const bench: Bench = { folder, runs: isQuick ? 1 : 3, seconds: isQuick ? 2 : 6, isQuick, signal: abort.signal, say }
let exitCode = 0
try {
  ensureTools(say)
  ensureRedis(say)
  raiseFileLimit()
  pinTo(LOAD_CPU, process.pid)
  const reports = await measureAll()
  if (cases.length === CASES.length && !isQuick) {
    writeFileSync(path.join(projectRoot, 'docs/BENCHMARKS.md'), benchmarkDocument(reports, { runs: bench.runs, seconds: bench.seconds, loadBefore }))
  }
} catch (error) {
  exitCode = interrupted() ?? 1
  if (!abort.signal.aborted) console.error(error)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
// The private database server of a run ends with this process.
process.exit(exitCode)

async function measureAll(): Promise<CaseReport[]> {
  const reports: CaseReport[] = []
  for (const one of cases) {
    const from = performance.now()
    const report = await one.measure(bench)
    reports.push(report)
    say(`${one.name}: done in ${Math.round((performance.now() - from) / 1000)} s`)
    console.log(`${caseChapter(report)}${report.budgets.map(({ what, limit, measured, verdict }) => `\n${what}: ${measured}, ${limit}: ${verdict}`).join('')}`)
  }
  return reports
}

function readArguments(): { isQuick: boolean; cases: readonly BenchCase[] } {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } } })
    if (values.help === true) {
      console.log(HELP)
      process.exit(0)
    }
    const names = values.only?.split(',') ?? CASES.map(({ name }) => name)
    const unknown = names.find((name) => !CASES.some((one) => one.name === name))
    if (unknown !== undefined) throw new Error(`There is no case "${unknown}"`)
    return { isQuick: values.quick === true, cases: CASES.filter(({ name }) => names.includes(name)) }
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}; see --help`)
    process.exit(64)
  }
}

function say(line: string): void {
  console.error(`bench: ${line}`)
}
