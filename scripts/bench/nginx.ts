import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { descendants } from '../services/descendants.ts'
import { freePort } from '../services/free-port.ts'
import { startGuarded } from '../services/guarded-process.ts'
import type { ProxyPlan, RunningProxy } from './contestant.ts'
import { CERTIFICATE } from './gateway.ts'
import { portOpens } from './port-opens.ts'
import { projectRoot } from '../project-root.ts'

export const NGINX_BINARY = '/usr/sbin/nginx'

// nginx takes no longer text in its configuration; more is served from a file.
const MOST_INLINE_BYTES = 4000

export function nginxVersion(): string {
  return spawnSync(NGINX_BINARY, ['-v'], { encoding: 'utf8' }).stderr.trim().split('/').at(-1) ?? '?'
}

/** An origin that answers every GET with `bodyBytes` bytes; with at most 4,000 bytes also every POST, whose body it discards. */
export function startNginxOrigin(folder: string, bodyBytes: number): Promise<RunningProxy> {
  const place = path.join(folder, 'origin')
  mkdirSync(place, { recursive: true })
  const body = 'x'.repeat(bodyBytes)
  if (bodyBytes > MOST_INLINE_BYTES) writeFileSync(path.join(place, 'body'), body)
  const answer = bodyBytes > MOST_INLINE_BYTES ? `root ${place}; open_file_cache max=10; sendfile on; tcp_nopush on; try_files /body =500;` : `return 200 "${body}";`
  return startNginx(place, (port) => `
    server { listen 127.0.0.1:${port} backlog=4096; location / { default_type text/plain; ${answer} } }`)
}

/**
 * A proxy before the origin with one location for each path prefix. Like the others it passes bodies on as they come;
 * its buffers are those with which larger answers cost it least.
 */
export function startNginxProxy(plan: ProxyPlan): Promise<RunningProxy> {
  return startProxy(plan, {})
}

/** With TLS and HTTP/2, sessions resumed by tickets. */
export function startSecureNginx(plan: ProxyPlan): Promise<RunningProxy> {
  const file = path.join(projectRoot, 'workers/testing/certificates', CERTIFICATE)
  // nginx reads it as another user, who may not enter every folder.
  const [certificate, key] = ['pem', 'key'].map((extension) => {
    const copy = path.join(plan.folder, `certificate.${extension}`)
    copyFileSync(`${file}.${extension}`, copy)
    return copy
  })
  return startProxy(plan, { tls: `ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on;` })
}

/** Passes WebSockets on. */
export function startWebSocketNginx(plan: ProxyPlan): Promise<RunningProxy> {
  return startProxy(plan, { connection: 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_read_timeout 600s;' })
}

function startProxy({ folder, originPort, prefixes }: ProxyPlan, { tls = '', connection = 'proxy_set_header Connection "";' }): Promise<RunningProxy> {
  const locations = prefixes.map((prefix) => `location ${prefix}/ { proxy_pass http://origin; }`).join('\n')
  return startNginx(mkdtempSync(path.join(folder, 'proxy-')), (port) => `
    upstream origin { server 127.0.0.1:${originPort}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 60s; }
    server {
      listen 127.0.0.1:${port} ${tls === '' ? '' : 'ssl http2'} backlog=4096;
      ${tls}
      proxy_http_version 1.1;
      proxy_request_buffering off;
      client_body_buffer_size 128k;
      proxy_max_temp_file_size 0;
      proxy_buffers 8 32k;
      proxy_busy_buffers_size 64k;
      ${connection}
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      ${locations}
    }`)
}

async function startNginx(folder: string, server: (port: number) => string): Promise<RunningProxy> {
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
events { worker_connections 24000; }
http {
  access_log off;
  server_tokens off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_max_body_size 0;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${server(port)}
}
`)
  const running = await startGuarded(NGINX_BINARY, ['-c', config, '-p', folder], { spawn: { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' }, orphanSignal: 'TERM' })
  await portOpens(port, 'nginx')
  return {
    port,
    pid: running.pid,
    workerPid: descendants(running.pid)[1] ?? running.pid,
    stop: async () => {
      await running.stop('SIGTERM', 5_000)
    }
  }
}
