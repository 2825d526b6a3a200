import { readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../project-root.ts'
import { freePort } from '../services/free-port.ts'
import { startGuarded } from '../services/guarded-process.ts'
import { waitForLine } from '../services/wait-for-line.ts'
import type { ProxyPlan, RunningProxy } from './contestant.ts'

/**
 * Starts a program of this folder that listens on the port in its first argument and then writes "ready".
 * `args` follow the port.
 */
export async function startNodeProgram(program: string, args: readonly string[]): Promise<RunningProxy> {
  const port = await freePort()
  const file = path.join(import.meta.dirname, program)
  const running = await startGuarded(process.execPath, [file, String(port), ...args], { spawn: { stdio: ['ignore', 'pipe', 'inherit'], cwd: projectRoot }, orphanSignal: 'TERM' })
  await waitForLine(running, { pattern: /^ready$/, ms: 30_000, what: program })
  return {
    port,
    pid: running.pid,
    workerPid: running.pid,
    stop: async () => {
      await running.stop('SIGTERM', 5_000)
    }
  }
}

export function startNodeProxy(program: string, plan: ProxyPlan): Promise<RunningProxy> {
  return startNodeProgram(program, [String(plan.originPort), String(plan.prefixes.length)])
}

/** Of an installed package. */
export function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }
  return version
}
