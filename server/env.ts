import fs from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import { parseSecretsKey, type SecretsKey } from './secrets/secrets-key.ts'

/** Everything a control plane process reads from its environment, checked. */
export interface Env {
  databaseUrl: string
  redisUrl: string
  secretsKey: SecretsKey | null
  /** control-jobs probes loopback and link-local targets too. */
  probesLocal: boolean
  address: { host: string; port: number }
  adminEmail: string
  adminPassword: string | undefined
  adminToken: string | undefined
  adminDist: string
  logLevel: string
}

interface Variable {
  name: string
  text: string
  default?: string
}

const VARIABLES: readonly Variable[] = [
  { name: 'DATABASE_URL', text: 'Postgres, for example postgres://user:password@host:5432/gateway (required)' },
  { name: 'REDIS_URL', text: 'Redis, redis:// or rediss://', default: 'redis://127.0.0.1:6379' },
  { name: 'SECRETS_KEY', text: 'seals private keys in the database: 32 random bytes in base64 or hex, for example of openssl rand -base64 32; without it no certificate can be stored' },
  { name: 'PROBE_LOCAL_TARGETS', text: 'true: health probes also go to loopback and link-local addresses, for data nodes on the same machine; else such targets stay unknown', default: 'false' },
  { name: 'CONTROL_PLANE_ADDR', text: 'address:port of the API and the admin page', default: '0.0.0.0:9000' },
  { name: 'ADMIN_EMAIL', text: 'email of the first admin', default: 'admin@localhost' },
  { name: 'ADMIN_PASSWORD', text: 'its password, 12 to 1024 characters; generated and printed once when absent' },
  { name: 'ADMIN_TOKEN', text: 'an API token with the admin role for automation, 32 to 256 characters' },
  { name: 'ADMIN_DIST', text: 'folder of the built admin page', default: path.join(import.meta.dirname, '../admin-svelte/dist') },
  { name: 'LOG_LEVEL', text: 'trace, debug, info, warn, error or silent', default: 'info' }
]

/** Raised with one line per wrong variable. */
export class EnvError extends Error {}

/** @throws EnvError that names every wrong variable and the fix. */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const wrong: string[] = []
  const value = (name: string) => {
    const given = source[name]
    return given === undefined || given === '' ? VARIABLES.find((variable) => variable.name === name)?.default : given
  }
  const databaseUrl = urlOf(value('DATABASE_URL'), ['postgres:', 'postgresql:'])
  if (databaseUrl === null) wrong.push('DATABASE_URL must be set, like postgres://user:password@host:5432/gateway')
  const redisUrl = urlOf(value('REDIS_URL'), ['redis:', 'rediss:'])
  if (redisUrl === null) wrong.push('REDIS_URL must be like redis://host:6379 or rediss://user:password@host:6379')
  const secretsText = value('SECRETS_KEY')
  const secretsKey = secretsText === undefined ? null : parseSecretsKey(secretsText)
  if (secretsText !== undefined && secretsKey === null) wrong.push('SECRETS_KEY must be 32 bytes in base64 (44 characters) or hex (64 characters)')
  const probeLocal = value('PROBE_LOCAL_TARGETS')
  if (probeLocal !== 'true' && probeLocal !== 'false') wrong.push('PROBE_LOCAL_TARGETS must be true or false')
  const address = addressOf(value('CONTROL_PLANE_ADDR') ?? '')
  if (address === null) wrong.push('CONTROL_PLANE_ADDR must be an IP address and a port, like 0.0.0.0:9000 or [::1]:9000')
  const adminEmail = value('ADMIN_EMAIL') ?? ''
  if (!/^(?=.{3,254}$)[^\s@]+@[^\s@]+$/.test(adminEmail)) wrong.push('ADMIN_EMAIL must be an email address')
  const adminPassword = value('ADMIN_PASSWORD')
  // Nobody could sign in with a longer one, because the API takes no longer one.
  if (adminPassword !== undefined && !/^.{12,1024}$/s.test(adminPassword)) wrong.push('ADMIN_PASSWORD must have 12 to 1024 characters')
  const adminToken = value('ADMIN_TOKEN')
  if (adminToken !== undefined && !/^[\x21-\x7e]{32,256}$/.test(adminToken)) wrong.push('ADMIN_TOKEN must have 32 to 256 characters without spaces')
  const logLevel = value('LOG_LEVEL') ?? ''
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(logLevel)) wrong.push('LOG_LEVEL must be trace, debug, info, warn, error or silent')
  if (wrong.length > 0 || databaseUrl === null || redisUrl === null || address === null) throw new EnvError(wrong.join('\n'))
  return { databaseUrl, redisUrl, secretsKey, probesLocal: probeLocal === 'true', address, adminEmail, adminPassword, adminToken, adminDist: value('ADMIN_DIST') ?? '', logLevel }
}

/** Text of --help. */
export function envHelp(program: string, purpose: string): string {
  const lines = VARIABLES.map(({ name, text, default: value }) => `  ${name.padEnd(20)} ${text}${value === undefined ? '' : ` (default ${value})`}`)
  return `${program}: ${purpose}\n\nIt takes no arguments and reads its settings from the environment:\n${lines.join('\n')}\n`
}

/** Reads the environment of a main program; answers --help, and ends the process with 78 when something is wrong. */
export function readEnvOrExit(program: string, purpose: string): Env {
  const [argument] = process.argv.slice(2)
  if (argument === '--help' || argument === '-h') {
    fs.writeSync(1, envHelp(program, purpose))
    process.exit(0)
  }
  try {
    if (argument !== undefined) throw new EnvError(`${argument} is not known; ${program} takes no arguments (see --help)`)
    return readEnv(process.env)
  } catch (error) {
    if (!(error instanceof EnvError)) throw error
    fs.writeSync(2, `${error.message}\n`)
    process.exit(78)
  }
}

function urlOf(text: string | undefined, protocols: string[]): string | null {
  const url = text === undefined ? null : URL.parse(text)
  return url !== null && protocols.includes(url.protocol) && url.hostname !== '' ? url.href : null
}

function addressOf(text: string): { host: string; port: number } | null {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2] ?? ''
  const port = Number(parts?.[3])
  return isIP(host) !== 0 && port >= 1 && port <= 65535 ? { host, port } : null
}
