import { accessSync, constants, mkdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './free-port.ts'
import { startGuarded } from './guarded-process.ts'
import type { GuardedProcess } from './guarded-process.ts'
import { waitForLine } from './wait-for-line.ts'

export interface RedisServer {
  url: string
  port: number
  pid: number
  /** Resolves when the server has ended, also by itself. */
  exited: Promise<void>
  /** Saves when there is a data folder, ends, and waits for the end. */
  stop(): Promise<void>
}

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin']
const READY = /Ready to accept connections/

/** Path of redis-server or valkey-server, or null when the machine has neither. */
export function findRedis(): string | null {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(Boolean), ...FOLDERS]
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of folders) {
      const file = path.join(folder, name)
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch {
        continue
      }
    }
  }
  return null
}

/**
 * A private Redis on 127.0.0.1 that ends with this process. Without `dataDir` it keeps nothing on disk.
 * Throws with the end of the server's own output when it does not come up within 15 s.
 */
export async function startRedis(options: { port?: number; dataDir?: string } = {}): Promise<RedisServer> {
  const binary = findRedis()
  if (binary === null) throw new Error('neither redis-server nor valkey-server was found; install one of them')
  const attempts = options.port === undefined ? 3 : 1
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? await freePort()
    try {
      return await startOnce(binary, port, options.dataDir)
    } catch (error) {
      if (attempt >= attempts) throw error
    }
  }
}

async function startOnce(binary: string, port: number, dataDir: string | undefined): Promise<RedisServer> {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const args = [
    '--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--daemonize', 'no',
    '--dir', dataDir ?? os.tmpdir(), '--save', dataDir === undefined ? '' : '60 1', '--appendonly', 'no',
    '--maxmemory-policy', 'noeviction', '--logfile', ''
  ]
  const process = await startGuarded(binary, args, {
    spawn: { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin', LANG: 'C' }, cwd: '/' },
    orphanSignal: 'TERM'
  })
  try {
    await waitForLine(process, { pattern: READY, ms: 15_000, what: `redis on port ${port}` })
  } catch (error) {
    await process.stop('SIGKILL', 0)
    throw error
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: process.pid,
    exited: process.exited.then(() => {}),
    stop: () => stopRedis(process)
  }
}

async function stopRedis(process: GuardedProcess): Promise<void> {
  // A test may have stopped it with SIGSTOP; a stopped process does not see SIGTERM.
  process.child.kill('SIGCONT')
  await process.stop('SIGTERM', 10_000)
}
