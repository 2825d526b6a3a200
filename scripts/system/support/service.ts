import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url))

/** A process of the product started by a test. */
export interface Service {
  readonly pid: number
  /** Every line it printed so far. */
  readonly lines: string[]
  /** Resolves with the exit code (or the signal's name) when it ends. */
  readonly exited: Promise<number | string>
  signal(name: NodeJS.Signals): void
  /** SIGTERM and wait; SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<number | string>
}

/** Starts `script` (a path from the project's root) and waits until it says that it is ready. */
export async function startService(script: string, env: Record<string, string>): Promise<Service> {
  const service = spawnService(script, env)
  const ready = once(service.child, 'message').then(() => true)
  const outcome = await Promise.race([ready, service.exited])
  if (outcome !== true) throw new Error(`${script} ended with ${outcome} before it was ready:\n${service.lines.join('\n')}`)
  return service
}

/** Starts `script` without waiting; for processes that are expected to refuse. */
export function spawnService(script: string, env: Record<string, string>): Service & { child: ChildProcess } {
  const child = spawn(process.execPath, [script], {
    cwd: projectRoot,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  const lines: string[] = []
  collectLines(child, lines)
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1))
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void exited.then(() => process.removeListener('exit', kill))
  return {
    child,
    pid: child.pid ?? -1,
    lines,
    exited,
    signal: (name) => void child.kill(name),
    async stop(graceMs = 15_000) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      const code = await exited
      clearTimeout(timer)
      return code
    }
  }
}

function collectLines(child: ChildProcess, lines: string[]): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      if (process.env.SHOW_SERVICE_LOGS) process.stderr.write(`${parts.join('\n')}\n`)
    })
  }
}

/** The environment of the test run without what would leak into the product. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const name of ['NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'DATABASE_URL', 'REDIS_URL']) delete env[name]
  return env
}
