import path from 'node:path'
import type { KeptSecrets } from './kept-secrets.ts'
import { localUrl } from './settings.ts'
import type { UpSettings } from './settings.ts'

export interface ProgramEnvironments {
  databaseUrl: string
  redisUrl: string
  nodeToken: string
  readonly adminToken: string
  /** Milliseconds the data node may take to end. */
  readonly nodeStopMs: number
  control(): NodeJS.ProcessEnv
  node(): NodeJS.ProcessEnv
}

// Each program gets only the secrets that are its own.
const SECRET_NAMES = ['DATABASE_URL', 'REDIS_URL', 'SECRETS_KEY', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'ADMIN_TOKEN', 'NODE_TOKEN']

/** The environment of each program; the URLs and the node's token are filled in as they become known. */
export function programEnvironments(given: NodeJS.ProcessEnv, settings: UpSettings, secrets: KeptSecrets): ProgramEnvironments {
  const common = Object.fromEntries(Object.entries({ ...given, LOG_LEVEL: settings.logLevel }).filter(([name]) => !SECRET_NAMES.includes(name)))
  const delaySeconds = given.SHUTDOWN_DELAY_SECONDS || '0'
  const drainSeconds = given.DRAIN_SECONDS || '10'
  const environments: ProgramEnvironments = {
    databaseUrl: '',
    redisUrl: '',
    nodeToken: '',
    adminToken: given.ADMIN_TOKEN || secrets.token,
    nodeStopMs: (Number(delaySeconds) + Number(drainSeconds) + 10) * 1000,
    control: () => ({
      ...common,
      DATABASE_URL: environments.databaseUrl,
      REDIS_URL: environments.redisUrl,
      CONTROL_PLANE_ADDR: `${settings.control.host.includes(':') ? `[${settings.control.host}]` : settings.control.host}:${settings.control.port}`,
      SECRETS_KEY: given.SECRETS_KEY || secrets.secretsKey,
      // The data node is on this machine.
      PROBE_LOCAL_TARGETS: given.PROBE_LOCAL_TARGETS || 'true',
      ADMIN_EMAIL: given.ADMIN_EMAIL || secrets.email,
      ADMIN_PASSWORD: given.ADMIN_PASSWORD || secrets.password,
      ADMIN_TOKEN: environments.adminToken
    }),
    node: () => ({
      ...common,
      REDIS_URL: environments.redisUrl,
      CONTROL_PLANE_URL: given.CONTROL_PLANE_URL || localUrl(settings.control),
      NODE_ID: settings.nodeId,
      NODE_TOKEN: environments.nodeToken,
      HTTP_PORT_RANGE: settings.httpPortRange,
      METRICS_ADDR: `${settings.metrics.host}:${settings.metrics.port}`,
      DATA_DIR: path.join(settings.dataDir, 'node'),
      SHUTDOWN_DELAY_SECONDS: delaySeconds,
      DRAIN_SECONDS: drainSeconds
    })
  }
  return environments
}
