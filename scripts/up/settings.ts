import path from 'node:path'
import { projectRoot } from '../project-root.ts'

/** What the environment says about `up`; every field has a default that suits one machine. */
export interface UpSettings {
  dataDir: string
  /** Host and port of the control plane. */
  control: Address
  metrics: Address
  httpPortRange: string
  /** The ports of httpPortRange, in order. */
  httpPorts: number[]
  nodeId: string
  /** Given = no embedded server. */
  databaseUrl: string | null
  redisUrl: string | null
  logLevel: string
}

export interface Address { host: string; port: number }

/** Throws one line that names the variable and how to write it. */
export function readSettings(env: NodeJS.ProcessEnv): UpSettings {
  const httpPortRange = env.HTTP_PORT_RANGE || '8080-8089'
  return {
    dataDir: path.resolve(projectRoot, env.DATA_DIR || '.data'),
    control: parseAddress('CONTROL_PLANE_ADDR', env.CONTROL_PLANE_ADDR || '127.0.0.1:9000'),
    metrics: parseAddress('METRICS_ADDR', env.METRICS_ADDR || '127.0.0.1:9100'),
    httpPortRange,
    httpPorts: parseRange('HTTP_PORT_RANGE', httpPortRange),
    nodeId: env.NODE_ID || 'node-1',
    databaseUrl: env.DATABASE_URL || null,
    redisUrl: env.REDIS_URL || null,
    logLevel: env.LOG_LEVEL || 'info'
  }
}

function parseAddress(name: string, text: string): Address {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match?.[1] === undefined || port < 1 || port > 65535) throw new Error(`${name}=${text} is not HOST:PORT, for example 127.0.0.1:9000`)
  return { host: match[1].replace(/^\[|\]$/g, ''), port }
}

function parseRange(name: string, text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part)
    const from = Number(match?.[1])
    const to = Number(match?.[2] ?? match?.[1])
    if (!(from >= 1 && to >= from && to <= 65535)) throw new Error(`${name}=${text} is not a list of ports and ranges, for example 8080-8089,8443`)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}

/** The address as a program on this machine reaches it. */
export function localUrl({ host, port }: Address): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
