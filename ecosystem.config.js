// The three processes under PM2, on one machine: npx pm2 start ecosystem.config.js
// The environment of that command reaches them; docs/OPS.md lists it.
import path from 'node:path'

const drainSeconds = Number(process.env.DRAIN_SECONDS || 30)

const common = {
  cwd: import.meta.dirname,
  // The machine's own Node may be older.
  interpreter: path.join(import.meta.dirname, 'node_modules/.bin/node'),
  exec_mode: 'fork',
  instances: 1,
  wait_ready: true,
  listen_timeout: 60_000,
  kill_timeout: (drainSeconds + 10) * 1000,
  exp_backoff_restart_delay: 200,
  merge_logs: true
}

export const apps = [
  { ...common, name: 'control-web', script: 'server/web.ts' },
  { ...common, name: 'control-jobs', script: 'server/jobs.ts' },
  {
    ...common,
    name: 'data-node',
    script: 'workers/main.ts',
    // Only the primary is told to stop: its worker process serves until the next primary does, so that neither
    // `pm2 reload` nor `pm2 restart` refuses a connection.
    treekill: false,
    env: { ON_STOP: 'handover' }
  }
]
