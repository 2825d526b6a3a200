import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { waitUntil } from '../services/wait-until.ts'

/** Another machine, as far as TCP can tell: a network name space with a cable to this one. Needs root on Linux. */
export interface FarNetwork {
  /** Of this side and of the other. */
  readonly here: string
  readonly there: string
  /** Starts a program there, with a channel to it. */
  start(file: string, args: readonly string[]): ChildProcess
  /** Pulls the cable: nothing arrives any more, not even that a connection is over. */
  cut(): void
  close(): void
}

export async function openFarNetwork(): Promise<FarNetwork> {
  const holder = spawn('unshare', ['-n', 'sleep', '3600'], { stdio: 'ignore' })
  const pid = holder.pid ?? -1
  const subnet = `10.231.${process.pid % 256}`
  const [here, there] = [`${subnet}.1`, `${subnet}.2`]
  const [near, far] = [`gwn${process.pid}`, `gwf${process.pid}`]
  const inside = (...command: string[]): string[] => ['-t', String(pid), '-n', ...command]
  const run = (program: string, args: readonly string[]): void => void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await waitUntil(() => isApart(pid), { ms: 5_000, what: 'the name space' })
    run('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', String(pid)])
    run('ip', ['addr', 'add', `${here}/30`, 'dev', near])
    run('ip', ['link', 'set', near, 'up'])
    run('nsenter', inside('ip', 'addr', 'add', `${there}/30`, 'dev', far))
    run('nsenter', inside('ip', 'link', 'set', far, 'up'))
  } catch (error) {
    holder.kill('SIGKILL')
    throw error
  }
  return {
    here,
    there,
    start: (file, args) => spawn('nsenter', inside(process.execPath, file, ...args), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    cut: () => run('nsenter', inside('ip', 'link', 'set', far, 'down')),
    // The cable goes with the name space.
    close: () => void holder.kill('SIGKILL')
  }
}

function isApart(pid: number): boolean {
  const space = (of: string): string => execFileSync('readlink', [`/proc/${of}/ns/net`], { encoding: 'utf8' })
  return space(String(pid)) !== space('self')
}
