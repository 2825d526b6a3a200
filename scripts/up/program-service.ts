import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../project-root.ts'
import { startGuarded } from '../services/guarded-process.ts'
import type { ExitStatus, GuardedProcess } from '../services/guarded-process.ts'
import type { ServiceSpec } from './supervise.ts'

export interface ProgramOptions {
  name: string
  /** A path from the project's root. */
  program: string
  args?: readonly string[]
  /** Asked at each start. */
  env: () => NodeJS.ProcessEnv
  /** Milliseconds it may take to end after SIGTERM. */
  stopMs: number
  log: (line: string) => void
}

const READY_MS = 60_000
// EX_CONFIG of sysexits.h: the environment is wrong, another start would end the same way.
const EXIT_WRONG_SETTINGS = 78

/** A program of this project, run by this Node; ready when it says so over the channel. */
export function programService(options: ProgramOptions): ServiceSpec {
  return {
    name: options.name,
    start: async (started) => {
      const running = await startGuarded(process.execPath, [path.join(projectRoot, options.program), ...options.args ?? []], {
        spawn: { cwd: projectRoot, env: options.env(), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
        orphanSignal: 'TERM'
      })
      for (const stream of [running.child.stdout, running.child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', options.log)
      }
      started({
        exited: running.exited.then(describeExit),
        stop: async (force) => {
          await running.stop(force ? 'SIGKILL' : 'SIGTERM', options.stopMs)
        }
      })
      await waitForReady(running, options.name)
    }
  }
}

async function waitForReady(running: GuardedProcess, name: string): Promise<void> {
  const timeout = AbortSignal.timeout(READY_MS)
  const ended = running.exited.then((status) => {
    const why = status.code === EXIT_WRONG_SETTINGS ? 'its settings are wrong, see its line above' : `it ended with ${describeExit(status)}; see its lines above`
    throw new Error(`${name} did not start: ${why}`)
  })
  const ready = once(running.child, 'message', { signal: timeout }).catch(async () => {
    await running.stop('SIGKILL', 0)
    throw new Error(`${name} was not ready within ${READY_MS / 1000} s`)
  })
  await Promise.race([ready, ended])
}

function describeExit({ code, signal }: ExitStatus): string {
  return signal ?? `exit code ${code}`
}
