import os from 'node:os'
import path from 'node:path'
import { firstShared, parsePortRanges, type PortRange } from '../shared/ports/port-range.ts'
import { fitsTakeover } from './takeover/takeover-path.ts'

type Parsed<T> = { value: T } | { problem: string }

/** One environment variable: how it is written and what it means. Without a fallback it must be set. */
interface Variable<T> {
  name: string
  help: string
  fallback?: string
  parse(text: string): Parsed<T>
}

const VARIABLES = {
  controlPlaneUrl: { name: 'CONTROL_PLANE_URL', help: 'where the control plane answers, such as http://127.0.0.1:9000', parse: httpUrl },
  nodeId: { name: 'NODE_ID', help: 'name of this node', fallback: os.hostname(), parse: matching(/^[!-~]{1,128}$/, '1 to 128 printable characters without spaces') },
  nodeToken: { name: 'NODE_TOKEN', help: 'token of this node, shown once when it is enrolled', parse: matching(/^[!-~]{8,512}$/, '8 to 512 printable characters') },
  nodeLabels: { name: 'NODE_LABELS', help: 'labels such as zone=a,rack=2', fallback: '', parse: labels },
  redisUrl: { name: 'REDIS_URL', help: 'redis:// or rediss:// of the control plane; brings publishes sooner, what probes find and limits of the fleet', fallback: '', parse: redisUrl },
  httpPorts: { name: 'HTTP_PORT_RANGE', help: 'ports to reserve for http listeners, such as 20000-20100,80', fallback: '', parse: portRanges },
  httpsPorts: { name: 'HTTPS_PORT_RANGE', help: 'ports to reserve for https listeners', fallback: '', parse: portRanges },
  threads: { name: 'THREADS', help: 'threads that serve', fallback: String(os.availableParallelism()), parse: wholeNumber(1, 256) },
  memoryLimitMb: { name: 'MEMORY_LIMIT_MB', help: 'memory of the worker process near which it closes idle connections, then answers 503', fallback: String(defaultMemoryLimitMb()), parse: wholeNumber(64, 16_777_216) },
  pollIntervalSeconds: { name: 'POLL_INTERVAL_SECONDS', help: 'how often to ask for the configuration', fallback: '10', parse: wholeNumber(1, 3600) },
  shutdownDelaySeconds: { name: 'SHUTDOWN_DELAY_SECONDS', help: 'time between "not ready" and closing the ports', fallback: '5', parse: wholeNumber(0, 3600) },
  drainSeconds: { name: 'DRAIN_SECONDS', help: 'time for open requests to end when stopping', fallback: '30', parse: wholeNumber(0, 3600) },
  dataDir: { name: 'DATA_DIR', help: 'folder of the last good configuration', fallback: '.data/node', parse: folder },
  accessLog: { name: 'ACCESS_LOG', help: 'where access logs go: stdout, or a file', fallback: 'stdout', parse: logDestination },
  metricsAddr: { name: 'METRICS_ADDR', help: 'address of /healthz, /readyz and /metrics', fallback: '127.0.0.1:9100', parse: hostAndPort },
  logLevel: { name: 'LOG_LEVEL', help: 'trace, debug, info, warn, error or fatal', fallback: 'info', parse: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']) },
  threadStallSeconds: { name: 'THREAD_STALL_SECONDS', help: 'a thread that shows no life for so long is replaced', fallback: '5', parse: wholeNumber(1, 600) },
  orphanSeconds: { name: 'ORPHAN_SECONDS', help: 'how long connections are served on when the primary is gone', fallback: '60', parse: wholeNumber(0, 3600) },
  onStop: { name: 'ON_STOP', help: 'on SIGINT: drain, or handover to the next start (SIGTERM always drains)', fallback: 'drain', parse: oneOf(['drain', 'handover']) },
  lockDir: { name: 'GATEWAY_LOCK_DIR', help: 'folder all data nodes of this machine share; default /run/lock/open-gateway', fallback: '', parse: optionalFolder }
} as const satisfies Record<string, Variable<unknown>>

/** What a data node was told by its environment. */
export type NodeEnvironment = {
  [K in keyof typeof VARIABLES]: (typeof VARIABLES)[K] extends { parse(text: string): Parsed<infer T> } ? T : never
}

/** Reads the whole environment; every problem is one line that names the variable and what it takes. */
export function readNodeEnvironment(env: NodeJS.ProcessEnv): { value: NodeEnvironment } | { problems: string[] } {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, variable] of Object.entries(VARIABLES) as [string, Variable<unknown>][]) {
    const text = env[variable.name]?.trim() || variable.fallback
    const parsed = text === undefined ? { problem: 'is not set' } : variable.parse(text)
    if ('problem' in parsed) problems.push(`${variable.name} ${parsed.problem} (${variable.help})`)
    else values[key] = parsed.value
  }
  if (problems.length > 0) return { problems }
  const value = values as NodeEnvironment
  problems.push(...collisions(value))
  return problems.length > 0 ? { problems } : { value }
}

/** The text of --help. */
export function nodeHelp(): string {
  const lines = (Object.values(VARIABLES) as Variable<unknown>[]).map(({ name, help, fallback }) => {
    const note = fallback === undefined ? 'required' : fallback === '' ? 'optional' : `default ${fallback}`
    return `  ${name.padEnd(24)}${help} (${note})`
  })
  return ['Data node of the gateway. It is told by its environment:', '', ...lines, '', 'Signals: SIGTERM and SIGINT stop it, SIGHUP loads the code anew without losing a connection.', ''].join('\n')
}

function collisions({ httpPorts, httpsPorts, metricsAddr, dataDir }: NodeEnvironment): string[] {
  const problems: string[] = []
  if (!fitsTakeover(dataDir)) problems.push(`DATA_DIR ${dataDir} is too long a path for a Unix socket in it; choose a shorter one`)
  const shared = firstShared(httpPorts, httpsPorts)
  if (shared !== null) problems.push(`HTTPS_PORT_RANGE has port ${shared} of HTTP_PORT_RANGE too; give it to one of them`)
  const admin: PortRange[] = [{ from: metricsAddr.port, to: metricsAddr.port }]
  for (const [name, ranges] of [['HTTP_PORT_RANGE', httpPorts], ['HTTPS_PORT_RANGE', httpsPorts]] as const) {
    if (firstShared(admin, ranges) !== null) problems.push(`METRICS_ADDR has port ${metricsAddr.port} of ${name}; choose another port`)
  }
  return problems
}

function matching(pattern: RegExp, words: string) {
  return (text: string): Parsed<string> => pattern.test(text) ? { value: text } : { problem: `must be ${words}` }
}

function oneOf<const T extends string>(values: readonly T[]) {
  return (text: string): Parsed<T> => values.includes(text as T) ? { value: text as T } : { problem: `must be one of ${values.join(', ')}, not "${text.slice(0, 40)}"` }
}

function wholeNumber(least: number, most: number) {
  return (text: string): Parsed<number> => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    return value >= least && value <= most ? { value } : { problem: `must be a whole number from ${least} to ${most}, not "${text.slice(0, 40)}"` }
  }
}

function httpUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return { problem: 'must be an http:// or https:// URL' }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return { problem: 'must be a plain URL without user, query or fragment' }
  return { value: url.href.replace(/\/+$/, '') }
}

function redisUrl(text: string): Parsed<string | null> {
  if (text === '') return { value: null }
  const good = URL.canParse(text) && ['redis:', 'rediss:'].includes(new URL(text).protocol)
  // The text is not repeated: it may hold a password.
  return good ? { value: text } : { problem: 'must be a redis:// or rediss:// URL' }
}

function labels(text: string): Parsed<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const part of text.split(',').map((item) => item.trim()).filter((item) => item !== '')) {
    const match = /^([A-Za-z0-9._/-]{1,64})=([^\s,]{0,256})$/.exec(part)
    if (match?.[1] === undefined) return { problem: `must be pairs such as zone=a,rack=2, and "${part.slice(0, 40)}" is none` }
    found[match[1]] = match[2] ?? ''
  }
  return Object.keys(found).length > 64 ? { problem: 'must have at most 64 labels' } : { value: found }
}

function portRanges(text: string): Parsed<PortRange[]> {
  const ranges = parsePortRanges(text)
  return typeof ranges === 'string' ? { problem: `is wrong: ${ranges}` } : { value: ranges }
}

function hostAndPort(text: string): Parsed<{ host: string; port: number }> {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65_535) return { problem: `must be address:port such as 127.0.0.1:9100, not "${text.slice(0, 60)}"` }
  return { value: { host: match[1] ?? match[2] ?? '', port } }
}

function folder(text: string): Parsed<string> {
  return { value: path.resolve(text) }
}

/** Four fifths of what the machine or its control group has. */
function defaultMemoryLimitMb(): number {
  const constrained = process.constrainedMemory()
  const bytes = constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem()
  return Math.max(64, Math.floor((bytes / 2 ** 20) * 0.8))
}

function logDestination(text: string): Parsed<string> {
  return { value: text === 'stdout' ? text : path.resolve(text) }
}

function optionalFolder(text: string): Parsed<string | null> {
  return { value: text === '' ? null : path.resolve(text) }
}
