import type { Contestant } from './contestant.ts'
import { gatewayVersion, startBenchedGateway } from './gateway.ts'
import { haproxyVersion, startHaproxy } from './haproxy.ts'
import { nginxVersion, startNginxProxy } from './nginx.ts'
import { packageVersion, startNodeProxy } from './node-program.ts'

export const GATEWAY = 'this gateway'
export const NGINX = 'nginx'

/** Everything that is compared, this gateway and nginx first. */
export function listContestants(): Contestant[] {
  return [
    { name: GATEWAY, version: gatewayVersion(), holdsManyRoutes: true, start: startBenchedGateway },
    { name: NGINX, version: nginxVersion(), holdsManyRoutes: true, start: startNginxProxy },
    { name: 'HAProxy', version: haproxyVersion(), holdsManyRoutes: true, start: startHaproxy },
    ...['http-proxy-3', 'http2-proxy', '@fastify/http-proxy'].map(fromPackage)
  ]
}

function fromPackage(name: string): Contestant {
  const program = `competitors/${name.replace('@', '').replace('/', '-')}.ts`
  return { name, version: packageVersion(name), holdsManyRoutes: false, start: (plan) => startNodeProxy(program, plan) }
}
