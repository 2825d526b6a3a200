import { installHint, installPackage } from './install-package.ts'
import type { PackageNames } from './install-package.ts'
import { findRedis } from './redis.ts'

const REDIS: PackageNames = {
  'apt-get': ['redis-server', 'valkey-server'],
  dnf: ['valkey', 'redis'],
  apk: ['redis', 'valkey'],
  brew: ['redis']
}

/** Makes sure that the machine has redis-server or valkey-server. Throws one line that says what to install. */
export function ensureRedis(say: (line: string) => void): void {
  if (findRedis() !== null) return
  say('neither redis-server nor valkey-server was found; installing one')
  installPackage(REDIS, say)
  if (findRedis() !== null) return
  throw new Error(`Redis is needed: ${installHint(REDIS)} (or set REDIS_URL to a Redis of your own)`)
}
