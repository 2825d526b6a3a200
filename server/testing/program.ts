import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** A main program of the control plane, run as a process. */
export interface Program {
  child: ChildProcess
  /** Everything it wrote so far. */
  output(): string
  /** Resolves when it says that it is ready; rejects when it ends before. */
  ready: Promise<void>
  /** The exit code, or the name of the signal that ended it. */
  exited: Promise<number | string>
  /** SIGTERM, and wait. */
  stop(): Promise<number | string>
}

/** Starts `server/${name}.ts` with nothing in its environment that it would read but `env`. The process dies with this one. */
export function startProgram(name: 'web' | 'jobs', env: Record<string, string>, args: string[] = []): Program {
  const child = spawn(process.execPath, [`server/${name}.ts`, ...args], { cwd: ROOT, env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? -1)))
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    void exited.then((code) => reject(new Error(`server/${name}.ts ended with ${code}:\n${output}`)))
  })
  ready.catch(() => {})
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void exited.then(() => process.off('exit', kill))
  return {
    child,
    output: () => output,
    ready,
    exited,
    stop: () => {
      child.kill('SIGTERM')
      return exited
    }
  }
}
