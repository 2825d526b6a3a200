import fs from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { codeCacheFolder } from './code-cache.ts'
import type { RunningNode } from './control/start-node.ts'
import { nodeHelp, readNodeEnvironment } from './env.ts'
import { createLog } from './log.ts'

// The primary of a data node: owns the ports and the configuration, and never touches a request.

const EXIT_WRONG_ENVIRONMENT = 78
const EXIT_REFUSED = 1

if (process.argv.includes('--help')) {
  process.stdout.write(nodeHelp())
  process.exit(0)
}
const environment = readNodeEnvironment(process.env)
if ('problems' in environment) {
  for (const problem of environment.problems) process.stderr.write(`${problem}\n`)
  process.exit(EXIT_WRONG_ENVIRONMENT)
}
const env = environment.value
const { log, exit } = createLog(env.logLevel, { node: env.nodeId, process: 'primary', pid: process.pid })
let running: RunningNode | null = null
let isStopping = false

// What is unexpected ends the primary; the worker process serves on until the next one has taken over.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'unexpected error')
  void exit(EXIT_REFUSED)
})
process.on('SIGHUP', () => running?.reload())
process.on('SIGTERM', () => void leave('SIGTERM'))
process.on('SIGINT', () => void leave('SIGINT'))

try {
  fs.mkdirSync(env.dataDir, { recursive: true, mode: 0o700 })
  enableCompileCache(codeCacheFolder(env.dataDir))
  // Loaded here, so that what it imports comes from the cache.
  const { startNode } = await import('./control/start-node.ts')
  running = await startNode(env, log)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  await exit(EXIT_REFUSED)
}
log.info({ threads: env.threads }, 'data node is up')
process.send?.('ready')
flushCompileCache()

async function leave(signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
  if (isStopping) return
  isStopping = true
  const handOver = signal === 'SIGINT' && env.onStop === 'handover'
  log.info({ signal }, handOver ? 'leaving; the worker process serves on until the next start' : 'stopping')
  await (handOver ? running?.handOver() : running?.stop())
  await exit(0)
}
