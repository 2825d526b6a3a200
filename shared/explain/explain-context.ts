import type { ForwardingContext } from '../forwarding/origin-head.ts'
import { matchTemplate } from '../routing/template/match-template.ts'
import { parseTemplate } from '../routing/template/parse-template.ts'
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
  if (route.match.path?.type === 'pattern') {
    const template = parseTemplate(route.match.path.value, route.match.path.caseSensitive)
    if (!('message' in template)) matchTemplate(template, normalizedPath, values)
  }
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
    encodedRouteValue: (name) => values.getEncoded(name),
    // Nobody reads a secret here.
    secret: (name) => `\${secret:${name}}`,
    random: () => 0
  }
}
