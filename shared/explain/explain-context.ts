import type { ForwardingContext } from '../forwarding/origin-head.ts'
import { readRouteValues, routeTemplate } from '../routing/template/route-template.ts'
import { RouteValues } from '../routing/template/route-values.ts'
import type { RequestIdentity } from '../identity/identify.ts'
import type { Route } from '../schema/route.ts'

/** Stands for what each request gets anew. */
const REQUEST_ID = 'made-for-each-request'
const CLIENT_PORT = 50_000

/** Who asks: the client, and whom the connection comes from. */
export interface ExplainedClient {
  readonly address: string
  readonly peer: string
  readonly scheme: 'http' | 'https'
}

/** What transforms may insert into the request that is explained. */
export function explainContext(route: Route, normalizedPath: string, client: ExplainedClient, localPort: number, identity: Readonly<RequestIdentity>): ForwardingContext {
  const values = new RouteValues()
  const template = routeTemplate(route)
  const isLoose = template !== null && readRouteValues(template, normalizedPath, values)
  return {
    requestId: REQUEST_ID,
    clientIp: client.address,
    peerIp: client.peer,
    clientPort: CLIENT_PORT,
    localIp: '127.0.0.1',
    localPort,
    scheme: client.scheme,
    ...identity,
    clientCertificate: '',
    routeValue: (name) => values.get(name),
    encodedRouteValue: (name) => (isLoose ? null : values.getEncoded(name)),
    // Nobody reads a secret here.
    secret: (name) => `\${secret:${name}}`,
    random: () => 0
  }
}
