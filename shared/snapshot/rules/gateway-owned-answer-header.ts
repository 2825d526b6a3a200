import { errorIssue, type Issue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Framing and the connection are the gateway's, and so is what its answers are found by. */
const OWNED = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'proxy-connection', 'trailer', 'upgrade', 'x-request-id', 'x-gateway-error'])

/** What the gateway itself writes into an answer cannot be a header of a fixed one. */
export function gatewayOwnedAnswerHeader({ routes }: SnapshotContent): Issue[] {
  return routes.flatMap(({ name: route, respond }, index) => Object.keys(respond?.headers ?? {}).filter((name) => OWNED.has(name.toLowerCase())).map((name) =>
    errorIssue(`/routes/${index}/respond/headers/${name.replaceAll('~', '~0')}`, 'gateway_owned_header', `route "${route}": ${name} is written by the gateway itself; take it out of the headers`)))
}
