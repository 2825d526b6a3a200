import { type RedisServer, startRedis } from '../services/redis.ts'
import { startTcpGate } from '../../server/testing/tcp-gate.ts'

/** A Redis that can fail in every way there is. All but its clients' own connections go through a gate. */
export interface SteeredRedis extends RedisServer {
  /** Past the gate. */
  readonly directUrl: string
  /** Keeps its connections and says nothing more. */
  pause(): void
  resume(): void
  /** Its packets vanish: the far end still looks connected. */
  blackhole(): Promise<void>
  /** Lets packets through again. */
  open(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** A new and empty one on the same port. */
  restart(): Promise<void>
}

export async function startSteeredRedis(): Promise<SteeredRedis> {
  let server = await startRedis()
  const { port } = server
  const gate = await startTcpGate({ host: '127.0.0.1', port })
  return {
    url: `redis://127.0.0.1:${gate.port}`,
    directUrl: server.url,
    port: gate.port,
    get pid() {
      return server.pid
    },
    exited: server.exited,
    pause: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    blackhole: () => gate.set('hung'),
    open: () => gate.set('open'),
    async kill() {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
    async restart() {
      server = await startRedis({ port })
    },
    async stop() {
      await gate.stop()
      await server.stop()
    }
  }
}
