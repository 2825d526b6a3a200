import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, freePortRange } from '../../scripts/services/free-port.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { NODE_TOKEN } from './node-api-server.ts'

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** A folder, ports and an environment in which data nodes are started. */
export interface NodePlace {
  readonly env: Record<string, string>
  readonly dataDir: string
  readonly ports: { from: number; to: number }
  readonly metricsUrl: string
  /**
   * Starts a primary and waits until it is ready; `project` is another copy of the program. `launcher` is a command that
   * ends by becoming the program given behind it (as `unshare` does).
   */
  start(env?: Record<string, string>, project?: string, launcher?: readonly string[]): Promise<NodeProcess>
  /** Starts a primary that is expected to refuse. */
  spawn(env?: Record<string, string>): NodeProcess
  /** The value of a metric's first sample; NaN when there is none. */
  metric(name: string): Promise<number>
  /** Ends everything that was started here and removes the folder. */
  clear(): Promise<void>
}

export interface NodeProcess {
  readonly pid: number
  readonly lines: string[]
  readonly exited: Promise<number | string>
  signal(name: NodeJS.Signals): void
  /** SIGTERM, and wait. */
  stop(): Promise<number | string>
  /** Worker processes it has now. */
  workers(): number[]
  says(pattern: RegExp): boolean
  /** Stops reading what it prints, as a log collector that ended. */
  closeOutput(): void
  /** Leaves what it prints unread, as a log collector that hangs. */
  blockOutput(): void
}

export async function createNodePlace(controlPlaneUrl: string, ports = 4): Promise<NodePlace> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-node-'))
  const range = await freePortRange(ports)
  const env = {
    CONTROL_PLANE_URL: controlPlaneUrl,
    NODE_ID: 'node-under-test',
    NODE_TOKEN,
    HTTP_PORT_RANGE: `${range.from}-${range.to}`,
    THREADS: '2',
    POLL_INTERVAL_SECONDS: '1',
    SHUTDOWN_DELAY_SECONDS: '0',
    DRAIN_SECONDS: '3',
    DATA_DIR: path.join(dataDir, 'data'),
    METRICS_ADDR: `127.0.0.1:${await freePort()}`,
    GATEWAY_LOCK_DIR: path.join(dataDir, 'locks'),
    NODE_COMPILE_CACHE: path.join(PROJECT, 'node_modules/.cache/gateway-test-code')
  }
  const started: SpawnedNode[] = []
  const metricsUrl = `http://${env.METRICS_ADDR}`
  const spawnHere = (extra: Record<string, string> = {}, project = PROJECT, launcher: readonly string[] = []) => {
    const node = spawnNode({ ...env, ...extra }, project, launcher)
    started.push(node)
    return node
  }
  return {
    env,
    dataDir: env.DATA_DIR,
    ports: range,
    metricsUrl,
    spawn: (extra) => spawnHere(extra),
    async start(extra, project, launcher) {
      const node = spawnHere(extra, project, launcher)
      const outcome = await Promise.race([node.ready, node.exited])
      if (outcome !== 'ready') throw new Error(`the node ended with ${outcome}:\n${node.lines.join('\n')}`)
      return node
    },
    async metric(name) {
      const text = await (await fetch(`${metricsUrl}/metrics`)).text()
      return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
    },
    async clear() {
      const workers = [...new Set(started.flatMap((node) => node.everyWorker()))]
      for (const node of started) node.signal('SIGKILL')
      for (const pid of workers) kill(pid)
      await Promise.all(started.map((node) => node.exited))
      await waitUntil(() => !workers.some(isThere), { ms: 5_000, what: 'the worker processes to end' })
      fs.rmSync(dataDir, { recursive: true, force: true })
    }
  }
}

interface SpawnedNode extends NodeProcess {
  readonly ready: Promise<'ready'>
  everyWorker(): number[]
}

function spawnNode(env: Record<string, string>, project: string, launcher: readonly string[]): SpawnedNode {
  const [program, ...args] = [...launcher, process.execPath, path.join(project, 'workers/main.ts')]
  const child = spawn(program, args, { cwd: project, env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, REDIS_URL: '', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const pid = child.pid ?? -1
  const lines = collectLines(child)
  const exited = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? -1)))
  const killAll = (): void => void child.kill('SIGKILL')
  process.once('exit', killAll)
  void exited.then(() => process.removeListener('exit', killAll))
  const seen = new Set<number>()
  const workers = (): number[] => {
    const found = workerProcessesOf(pid)
    for (const worker of found) seen.add(worker)
    return found
  }
  // What the log names is known also after its primary is gone.
  const everyWorker = (): number[] => [...workers(), ...seen, ...lines.flatMap((line) => /"process":"worker","pid":(\d+)/.exec(line)?.[1] ?? []).map(Number)]
  return {
    pid,
    lines,
    exited,
    ready: new Promise((resolve) => child.once('message', () => resolve('ready'))),
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM')
      return exited
    },
    workers,
    everyWorker,
    says: (pattern) => lines.some((line) => pattern.test(line)),
    closeOutput() {
      child.stdout?.destroy()
      child.stderr?.destroy()
    },
    blockOutput() {
      child.stdout?.pause()
    }
  }
}

function collectLines(child: ChildProcess): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      if (process.env.SHOW_NODE_LOGS) process.stderr.write(`${parts.join('\n')}\n`)
    })
  }
  return lines
}

function workerProcessesOf(primary: number): number[] {
  try {
    const children = fs.readFileSync(`/proc/${primary}/task/${primary}/children`, 'utf8').trim().split(/\s+/).filter(Boolean)
    return children.map(Number).filter((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process.ts'))
  } catch {
    return []
  }
}

export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !fs.readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
