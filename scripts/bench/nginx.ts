import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort, isFree } from '../services/free-port.ts'
import { startGuarded } from '../services/guarded-process.ts'
import { waitUntil } from '../services/wait-until.ts'

export interface Nginx {
  port: number
  pid: number
  stop(): Promise<void>
}

const BINARY = '/usr/sbin/nginx'

export function nginxVersion(): string {
  return spawnSync(BINARY, ['-v'], { encoding: 'utf8' }).stderr.trim().split('/').at(-1) ?? '?'
}

/** An origin that answers every request with `bodyBytes` bytes. */
export function startNginxOrigin(folder: string, bodyBytes: number): Promise<Nginx> {
  return startNginx(path.join(folder, 'origin'), (port) => `
    server { listen 127.0.0.1:${port} backlog=4096; location / { default_type text/plain; return 200 "${'x'.repeat(bodyBytes)}"; } }`)
}

/** A proxy before the origin with one location for each path prefix. */
export function startNginxProxy(folder: string, originPort: number, prefixes: readonly string[]): Promise<Nginx> {
  const locations = prefixes.map((prefix) => `location ${prefix}/ { proxy_pass http://origin; }`).join('\n')
  return startNginx(path.join(folder, 'proxy'), (port) => `
    upstream origin { server 127.0.0.1:${originPort}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 60s; }
    server {
      listen 127.0.0.1:${port} backlog=4096;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      ${locations}
    }`)
}

async function startNginx(folder: string, server: (port: number) => string): Promise<Nginx> {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const port = await freePort()
  const config = path.join(folder, 'nginx.conf')
  writeFileSync(config, `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
${process.getuid?.() === 0 ? 'user nobody nogroup;' : ''}
events { worker_connections 4096; }
http {
  access_log off;
  server_tokens off;
  keepalive_requests 1000000000;
  keepalive_timeout 60s;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${server(port)}
}
`)
  const running = await startGuarded(BINARY, ['-c', config, '-p', folder], { spawn: { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' }, orphanSignal: 'TERM' })
  await waitUntil(async () => !await isFree(port, '127.0.0.1'), { ms: 10_000, what: `nginx on port ${port}` })
  return {
    port,
    pid: running.pid,
    stop: async () => {
      await running.stop('SIGTERM', 5_000)
    }
  }
}
