import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cpuMicroseconds, pinTo } from './bench/cpu-time.ts'
import { startBenchedGateway } from './bench/gateway.ts'
import { startNginxOrigin, startNginxProxy } from './bench/nginx.ts'
import { benchmarkDocument } from './bench/report.ts'
import type { CaseResult, Measurement } from './bench/report.ts'
import { runLoad } from './bench/wrk.ts'
import { readCommandLine } from './command-line.ts'
import { projectRoot } from './project-root.ts'
import { installHint, installPackage } from './services/install-package.ts'
import type { PackageNames } from './services/install-package.ts'
import { ensureRedis } from './services/install-redis.ts'
import { isThere } from './services/is-there.ts'

const HELP = `npm run bench             CPU time for each request beside nginx; writes docs/BENCHMARKS.md
npm run bench -- --quick  one short run of each case, written nowhere

Linux only; needs two CPUs, nginx, wrk and taskset (installed when it may).`

const { flags } = readCommandLine(HELP, ['quick'])
const RUNS = flags.quick ? 1 : 3
const SECONDS = flags.quick ? 2 : 6
const WARM_UP_SECONDS = 2
const CONNECTIONS = 32
const PROXY_CPU = 0
const LOAD_CPU = 1
const BODY_BYTES = 1024
const ROUTES = [10, 1000]

const TOOLS: Record<string, PackageNames> = {
  wrk: { 'apt-get': ['wrk'], dnf: ['wrk'], apk: ['wrk'], brew: ['wrk'] },
  '/usr/sbin/nginx': { 'apt-get': ['nginx'], dnf: ['nginx'], apk: ['nginx'], brew: ['nginx'] },
  taskset: { 'apt-get': ['util-linux'], dnf: ['util-linux'], apk: ['util-linux'], brew: ['util-linux'] }
}

for (const [program, packages] of Object.entries(TOOLS)) {
  if (isThere(program) || (installPackage(packages, say) && isThere(program))) continue
  say(`${program} is needed: ${installHint(packages)}`)
  process.exit(1)
}
ensureRedis(say)
const loadBefore = os.loadavg()[0] ?? 0
const folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-bench-'))
chmodSync(folder, 0o755)
try {
  const cases: CaseResult[] = []
  for (const count of ROUTES) cases.push(await measureCase(count))
  const document = benchmarkDocument(cases, { runs: RUNS, seconds: SECONDS, connections: CONNECTIONS, loadBefore })
  if (!flags.quick) writeFileSync(path.join(projectRoot, 'docs/BENCHMARKS.md'), document)
  console.log(`\n${document.slice(document.indexOf('| Case'))}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
// The private database server of the run ends with this process.
process.exit()

async function measureCase(count: number): Promise<CaseResult> {
  const name = `HTTP/1.1, GET, 1 KiB, ${count.toLocaleString('en')} routes`
  say(`${name}: starting`)
  const prefixes = Array.from({ length: count }, (_, index) => `/service-${index}/api`)
  const paths = prefixes.map((prefix, index) => `${prefix}/items/${index}`)
  const origin = await startNginxOrigin(folder, BODY_BYTES)
  const proxies = { gateway: await startBenchedGateway(origin.port, prefixes), nginx: await startNginxProxy(folder, origin.port, prefixes) }
  try {
    pinTo(LOAD_CPU, origin.pid)
    const runs: Record<keyof typeof proxies, Measurement[]> = { gateway: [], nginx: [] }
    for (const proxy of Object.values(proxies)) pinTo(PROXY_CPU, proxy.pid)
    for (const proxy of Object.values(proxies)) await runLoad({ ...proxy, paths, folder, connections: CONNECTIONS, seconds: WARM_UP_SECONDS, cpu: LOAD_CPU })
    for (let run = 0; run < RUNS; run++) {
      for (const key of ['gateway', 'nginx'] as const) {
        const result = await measure(proxies[key], paths)
        runs[key].push(result)
        say(`${name}: ${key} ${result.cpu.toFixed(1)} us/request, ${Math.round(result.perSecond)} requests/s`)
      }
    }
    return { name, ...runs }
  } finally {
    for (const proxy of [proxies.nginx, proxies.gateway, origin]) await proxy.stop()
  }
}

async function measure(proxy: { port: number; pid: number }, paths: readonly string[]): Promise<Measurement> {
  const before = cpuMicroseconds(proxy.pid)
  const load = await runLoad({ port: proxy.port, paths, folder, connections: CONNECTIONS, seconds: SECONDS, cpu: LOAD_CPU })
  return { perSecond: load.perSecond, cpu: (cpuMicroseconds(proxy.pid) - before) / load.requests, p50: load.p50, p99: load.p99 }
}

function say(line: string): void {
  console.error(`bench: ${line}`)
}
