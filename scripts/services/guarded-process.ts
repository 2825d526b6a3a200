import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'

export interface ExitStatus { code: number | null; signal: NodeJS.Signals | null }

export interface GuardedProcess {
  child: ChildProcess
  pid: number
  /** Resolves when the process has ended; never rejects. */
  exited: Promise<ExitStatus>
  /** Sends the signal, waits up to `ms` milliseconds, then SIGKILL to it and its children. Resolves when it has ended. */
  stop(signal: NodeJS.Signals, ms: number): Promise<ExitStatus>
  /** Lets this process end although the guarded one runs; the guard then stops it. */
  unref(): void
}

export interface GuardOptions {
  spawn: SpawnOptions
  /** What the guard sends when this process is gone. */
  orphanSignal: 'INT' | 'TERM'
  /** Files and folders that the guard removes when this process is gone and the guarded one has ended. */
  removeWhenOrphaned?: readonly string[]
}

// The guard waits for a line or for the end of its input. The kernel closes the input when
// the starting process ends, however it ends, so SIGKILL leaves no orphan behind either.
const GUARD_SCRIPT = `
trap '' INT TERM HUP
if read -r word; then exit 0; fi
pid=$1
kill -s "$2" "$pid" 2>/dev/null
shift 2
left=300
while kill -0 "$pid" 2>/dev/null && [ "$left" -gt 0 ]; do
  # Ended, but nobody has collected it yet.
  if read -r state 2>/dev/null <"/proc/$pid/stat"; then case $state in *') Z '*) break ;; esac; fi
  sleep 0.1
  left=$((left - 1))
done
kill -s KILL -- "-$pid" 2>/dev/null
if [ "$#" -gt 0 ]; then rm -rf -- "$@"; fi
`

/** Starts a process that ends with this one, also when this one is killed. Rejects when it cannot be started. */
export async function startGuarded(command: string, args: readonly string[], options: GuardOptions): Promise<GuardedProcess> {
  // Its own group, so that Ctrl-C in a terminal reaches only the process that stops the others in order.
  const child = spawn(command, args, { ...options.spawn, detached: true })
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.on('error', () => {})
  const pid = child.pid as number
  const guard = spawnGuard(pid, options)
  void exited.then(() => guard.stdin?.end('ended\n'))
  return {
    child,
    pid,
    exited,
    stop: (signal, ms) => stopProcess(child, exited, signal, ms),
    unref: () => unrefWithPipes(child)
  }
}

function spawnGuard(pid: number, options: GuardOptions): ChildProcess {
  const guard = spawn(
    '/bin/sh',
    ['-c', GUARD_SCRIPT, 'gateway-guard', String(pid), options.orphanSignal, ...options.removeWhenOrphaned ?? []],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' }
  )
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  unrefWithPipes(guard)
  return guard
}

async function stopProcess(
  child: ChildProcess,
  exited: Promise<ExitStatus>,
  signal: NodeJS.Signals,
  ms: number
): Promise<ExitStatus> {
  if (child.exitCode !== null || child.signalCode !== null) return exited
  child.ref()
  if (signal === 'SIGKILL') killGroup(child)
  else child.kill(signal)
  const timer = setTimeout(() => killGroup(child), ms)
  const status = await exited
  clearTimeout(timer)
  return status
}

// The process leads a group of its own, so that its children are reached too.
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

function unrefWithPipes(child: ChildProcess): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    (stream as { unref?: () => void } | null)?.unref?.()
  }
}
