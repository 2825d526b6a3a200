import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { markdownTable } from '../generate/schema-fields.ts'
import { projectRoot } from '../project-root.ts'
import { nginxVersion } from './nginx.ts'

export interface Measurement {
  perSecond: number
  /** Microseconds of CPU for each request, whole process tree. */
  cpu: number
  p50: number
  p99: number
}

export interface CaseResult {
  name: string
  gateway: readonly Measurement[]
  nginx: readonly Measurement[]
}

export interface RunFacts {
  runs: number
  seconds: number
  connections: number
  /** Of the last minute before the first run. */
  loadBefore: number
}

// With more work than this beside it, a run says little about the proxies.
const QUIET_LOAD = 0.5

/** The measurement with the middle CPU time. */
function median(runs: readonly Measurement[]): Measurement {
  const sorted = [...runs].sort((a, b) => a.cpu - b.cpu)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no run to take the median of')
  return middle
}

/** docs/BENCHMARKS.md. */
export function benchmarkDocument(cases: readonly CaseResult[], facts: RunFacts): string {
  const rows = cases.flatMap(({ name, gateway, nginx }) => [
    [name, 'this gateway', ...numbers(gateway), (median(gateway).cpu / median(nginx).cpu).toFixed(2)],
    [name, 'nginx', ...numbers(nginx), '1']
  ])
  const warning = facts.loadBefore <= QUIET_LOAD ? '' : `
**The machine was busy** (load average ${facts.loadBefore.toFixed(1)} before the run): other programs shared the CPUs, so these figures are
only a first idea. Run \`npm run bench\` on a quiet machine.
`
  return `<!-- Made by \`npm run bench\`; changes made here are lost. -->

# Benchmarks

CPU time of the whole process tree for each request (user and system time from /proc/PID/stat), of this gateway with one
thread and of nginx with one worker, before the same nginx origin, in one run. Both proxies are bound to CPU 0, wrk and the
origin to CPU 1. Each line is the run with the median CPU time of ${facts.runs} runs of ${facts.seconds} s with ${facts.connections} keep-alive
connections; the gateway and nginx take turns. What counts is the ratio: the absolute figures belong to the machine.
${warning}
- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${os.cpus()[0]?.model.trim() ?? '?'}, ${os.availableParallelism()} CPUs, Linux ${os.release()}; load average before the run ${facts.loadBefore.toFixed(1)}
- Versions: gateway ${gatewayVersion()}, Node ${process.versions.node}, nginx ${nginxVersion()}

${markdownTable(['Case', 'Proxy', 'CPU us/request', 'lowest to highest', 'Requests/s', 'p50 ms', 'p99 ms', 'CPU, ratio to nginx'], rows)}
`
}

function numbers(runs: readonly Measurement[]): string[] {
  const { cpu, perSecond, p50, p99 } = median(runs)
  const all = runs.map((run) => run.cpu)
  return [cpu.toFixed(1), `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}`, Math.round(perSecond).toLocaleString('en'), p50.toFixed(2), p99.toFixed(2)]
}

function gatewayVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  try {
    return `${version} (${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot, encoding: 'utf8' }).trim()})`
  } catch {
    return version
  }
}
