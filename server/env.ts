import fs from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import { compileIpRanges, type IpRanges } from '../shared/forwarding/ip-ranges.ts'
import { normalizeCidr } from '../shared/snapshot/ip-address.ts'
import type { AcmeSettings } from './acme/acme-deps.ts'
import { readRetention, RETENTION_VARIABLES, type Retention } from './retention.ts'
import type { RateLimitSettings } from './rate-limits/rate-limits.ts'
import { parseSecretsKey, type SecretsKey } from './sealing/secrets-key.ts'
import type { TlsFiles } from './tls/tls-files.ts'

/** Everything a control plane process reads from its environment, checked. */
export interface Env {
  databaseUrl: string
  redisUrl: string
  secretsKey: SecretsKey | null
  /** control-jobs probes loopback and link-local targets too. */
  probesLocal: boolean
  /** null: no certificates are ordered. */
  acme: AcmeSettings | null
  /** A publish waits for the approval of a second person. */
  needsApproval: boolean
  address: { host: string; port: number }
  /** null: control-web speaks http. */
  tls: TlsFiles | null
  adminEmail: string
  adminPassword: string | undefined
  adminToken: string | undefined
  adminDist: string
  /** What control-jobs keeps. */
  retention: Retention
  rateLimits: RateLimitSettings
  /** Proxies before control-web whose word about clients is believed; null: none. */
  trustedProxies: IpRanges | null
  /** Webhooks may go to private and loopback addresses, the latter also by http. */
  webhooksPrivate: boolean
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
  { name: 'ACME_ENABLED', text: 'true: control-jobs orders certificates where TLS policies ask for that, and agrees to the terms of the authority', default: 'false' },
  { name: 'ACME_DIRECTORY_URL', text: 'directory of the certificate authority (RFC 8555)', default: 'https://acme-v02.api.letsencrypt.org/directory' },
  { name: 'ACME_CONTACT_EMAIL', text: 'address that the authority may write to' },
  { name: 'ACME_EAB_KID', text: 'key id of an account at the authority (External Account Binding), with ACME_EAB_HMAC_KEY' },
  { name: 'ACME_EAB_HMAC_KEY', text: 'its key, in base64url' },
  { name: 'PUBLISH_APPROVAL', text: 'required: a publish waits until a second person approves it; the same for every control-web', default: 'off' },
  { name: 'API_RATE_LIMIT', text: 'requests a minute that one person or API token may make; 0: any number', default: '12000' },
  { name: 'API_RATE_LIMIT_ANONYMOUS', text: 'requests a minute from one address that show no valid session or token; 0: any number', default: '1200' },
  { name: 'API_RATE_LIMIT_NODE', text: 'requests a minute that one data node may make; 0: any number', default: '3000' },
  { name: 'WEBHOOK_PRIVATE_TARGETS', text: 'true: webhooks may also go to private addresses, and by http to loopback ones', default: 'false' },
  { name: 'WEB_TRUSTED_PROXIES', text: 'address ranges of proxies before control-web, such as 10.0.0.0/8,fd00::/8: their X-Forwarded-For says who the client is, their X-Forwarded-Proto whether it came by https; none: the client is the other end of the socket' },
  { name: 'CONTROL_PLANE_ADDR', text: 'address:port of the API and the admin page', default: '0.0.0.0:9000' },
  { name: 'CONTROL_PLANE_TLS_CERT', text: 'file with the certificate of control-web and its chain, in PEM: API and admin page are https then; looked at again every 10 s' },
  { name: 'CONTROL_PLANE_TLS_KEY', text: 'file with its private key, in PEM' },
  { name: 'ADMIN_EMAIL', text: 'email of the first admin', default: 'admin@localhost' },
  { name: 'ADMIN_PASSWORD', text: 'its password, 12 to 1024 characters; generated and printed once when absent' },
  { name: 'ADMIN_TOKEN', text: 'an API token with the admin role for automation, 32 to 256 characters' },
  { name: 'ADMIN_DIST', text: 'folder of the built admin page', default: path.join(import.meta.dirname, '../admin-svelte/dist') },
  ...RETENTION_VARIABLES,
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
  const approval = value('PUBLISH_APPROVAL')
  if (approval !== 'off' && approval !== 'required') wrong.push('PUBLISH_APPROVAL must be off or required')
  const acme = acmeOf(value, wrong)
  const retention = readRetention(value, wrong)
  const webhooksPrivate = value('WEBHOOK_PRIVATE_TARGETS')
  if (webhooksPrivate !== 'true' && webhooksPrivate !== 'false') wrong.push('WEBHOOK_PRIVATE_TARGETS must be true or false')
  const rateLimits = rateLimitsOf(value, wrong)
  const trustedProxies = rangesOf(value('WEB_TRUSTED_PROXIES') ?? '')
  if (trustedProxies === null) wrong.push('WEB_TRUSTED_PROXIES must be address ranges with commas between them, like 10.0.0.0/8,fd00::/8')
  const address = addressOf(value('CONTROL_PLANE_ADDR') ?? '')
  if (address === null) wrong.push('CONTROL_PLANE_ADDR must be an IP address and a port, like 0.0.0.0:9000 or [::1]:9000')
  const tls = tlsOf(value, wrong)
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
  return { databaseUrl, redisUrl, secretsKey, probesLocal: probeLocal === 'true', acme, needsApproval: approval === 'required', address, tls, adminEmail, adminPassword, adminToken, adminDist: value('ADMIN_DIST') ?? '', retention, rateLimits, trustedProxies: compileIpRanges(trustedProxies ?? []), webhooksPrivate: webhooksPrivate === 'true', logLevel }
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

function rateLimitsOf(value: (name: string) => string | undefined, wrong: string[]): RateLimitSettings {
  const limit = (name: string): number => {
    const text = value(name) ?? ''
    if (!/^(0|[1-9]\d{0,6})$/.test(text)) wrong.push(`${name} must be a number of requests a minute from 0 to 9999999`)
    return Number(text)
  }
  return { actor: limit('API_RATE_LIMIT'), anonymous: limit('API_RATE_LIMIT_ANONYMOUS'), node: limit('API_RATE_LIMIT_NODE') }
}

function acmeOf(value: (name: string) => string | undefined, wrong: string[]): AcmeSettings | null {
  const enabled = value('ACME_ENABLED')
  if (enabled !== 'true' && enabled !== 'false') wrong.push('ACME_ENABLED must be true or false')
  const directoryUrl = urlOf(value('ACME_DIRECTORY_URL'), ['https:', 'http:'])
  if (directoryUrl === null) wrong.push('ACME_DIRECTORY_URL must be a URL, like https://acme-v02.api.letsencrypt.org/directory')
  const kid = value('ACME_EAB_KID')
  const hmacKey = value('ACME_EAB_HMAC_KEY')
  if ((kid === undefined) !== (hmacKey === undefined)) wrong.push('ACME_EAB_KID and ACME_EAB_HMAC_KEY must be set together')
  if (enabled !== 'true' || directoryUrl === null) return null
  return { directoryUrl, contactEmail: value('ACME_CONTACT_EMAIL') ?? null, binding: kid === undefined || hmacKey === undefined ? null : { kid, hmacKey } }
}

function tlsOf(value: (name: string) => string | undefined, wrong: string[]): TlsFiles | null {
  const certFile = value('CONTROL_PLANE_TLS_CERT')
  const keyFile = value('CONTROL_PLANE_TLS_KEY')
  if ((certFile === undefined) !== (keyFile === undefined)) wrong.push('CONTROL_PLANE_TLS_CERT and CONTROL_PLANE_TLS_KEY must be set together')
  return certFile === undefined || keyFile === undefined ? null : { certFile, keyFile }
}

function urlOf(text: string | undefined, protocols: string[]): string | null {
  const url = text === undefined ? null : URL.parse(text)
  return url !== null && protocols.includes(url.protocol) && url.hostname !== '' ? url.href : null
}

/** null when one of them is none. */
function rangesOf(text: string): string[] | null {
  const ranges = text === '' ? [] : text.split(',').map((range) => normalizeCidr(range.trim()))
  return ranges.every((range) => range !== null) ? ranges : null
}

function addressOf(text: string): { host: string; port: number } | null {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2] ?? ''
  const port = Number(parts?.[3])
  return isIP(host) !== 0 && port >= 1 && port <= 65535 ? { host, port } : null
}
