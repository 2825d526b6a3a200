import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../services/free-port.ts'
import { startGuarded } from '../services/guarded-process.ts'
import type { ProxyPlan, RunningProxy } from './contestant.ts'
import { portOpens } from './port-opens.ts'

export const HAPROXY = '/usr/sbin/haproxy'

export function haproxyVersion(): string {
  return /version (\d[\d.]*)/.exec(spawnSync(HAPROXY, ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? '?'
}

/** One thread; the routes are a map of path prefixes, the way it looks up many. */
export async function startHaproxy({ folder, originPort, prefixes }: ProxyPlan): Promise<RunningProxy> {
  const place = path.join(folder, 'haproxy')
  mkdirSync(place, { recursive: true })
  const port = await freePort()
  const routes = path.join(place, 'routes.map')
  const config = path.join(place, 'haproxy.cfg')
  writeFileSync(routes, prefixes.map((prefix) => `${prefix}/ origin\n`).join(''))
  writeFileSync(config, `
global
  nbthread 1
  maxconn 12000
  no strict-limits
defaults
  mode http
  option http-keep-alive
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 60s
frontend bench
  bind 127.0.0.1:${port} backlog 4096
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  use_backend %[path,map_beg(${routes})]
backend origin
  server origin 127.0.0.1:${originPort} pool-max-conn 128
`)
  const running = await startGuarded(HAPROXY, ['-db', '-q', '-f', config], { spawn: { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' }, orphanSignal: 'TERM' })
  await portOpens(port, 'HAProxy')
  return {
    port,
    pid: running.pid,
    workerPid: running.pid,
    stop: async () => {
      await running.stop('SIGTERM', 5_000)
    }
  }
}
