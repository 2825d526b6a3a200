import type { Contestant } from './contestant.ts'
import { gatewayVersion, startBenchedGateway } from './gateway.ts'
import { haproxyVersion, startHaproxy } from './haproxy.ts'
import { nginxVersion, startNginxProxy } from './nginx.ts'
import { packageVersion, startNodeProxy } from './node-program.ts'

export const GATEWAY = 'this gateway'
export const NGINX = 'nginx'
export const FEW_ROUTES = 10

/** Everything that is compared, this gateway and nginx first. */
export function listContestants(): Contestant[] {
  return [
    { name: GATEWAY, version: gatewayVersion(), mostRoutes: Infinity, start: startBenchedGateway },
    { name: NGINX, version: nginxVersion(), mostRoutes: Infinity, start: startNginxProxy },
    { name: 'HAProxy', version: haproxyVersion(), mostRoutes: Infinity, start: startHaproxy },
    ...['http-proxy-3', 'http2-proxy', '@fastify/http-proxy'].map(fromPackage)
  ]
}

function fromPackage(name: string): Contestant {
  const program = `competitors/${name.replace('@', '').replace('/', '-')}.ts`
  return { name, version: packageVersion(name), mostRoutes: FEW_ROUTES, start: (plan) => startNodeProxy(program, plan) }
}
