import { NO_TOKEN, type TokenIdentity } from '../../../shared/identity/token-identity.ts'
import type { Runtime } from '../../proxy/runtime.ts'
import type { AdmittedRequest } from '../admitted-request.ts'
import type { Outcome } from '../outcome.ts'
import type { AuthorizedRequest } from './authenticator.ts'

/** Looks again at who has a WebSocket open. */
export interface Reauthorization {
  /** Milliseconds until the next look. */
  nextInMs(): number
  /** Whether it may stay open, by what is configured now. Never rejects. */
  look(): Promise<boolean>
}

/** Looks in a row that gave no answer: then it may not stay. */
const MOST_WITHOUT_ANSWER = 2

/** What of the request is kept for that: its credentials, as they came. */
type KeptRequest = Omit<AuthorizedRequest, 'token'>

/** Null where the route's policy does not want that. `current` gives what is served at the moment. */
export function reauthorizationOf(routeId: string, everyMs: number, request: AdmittedRequest, current: () => Runtime | null): Reauthorization | null {
  if (everyMs === 0) return null
  const kept: KeptRequest = { fields: request.keptFields, query: request.keptQuery, method: request.method, path: request.path, authority: request.authority, scheme: request.scheme, clientIp: request.clientIp }
  let { token } = request
  let everySoOften = everyMs
  let withoutAnswer = 0
  return {
    nextInMs: () => Math.max(0, Math.min(everySoOften, token.until - Date.now())),
    async look() {
      const runtime = current()
      const index = runtime?.routes.byId.get(routeId)?.index
      // What becomes of WebSockets whose route goes is promised by the route.
      const authorization = runtime === null || index === undefined ? null : runtime.actions[index]?.admission?.authorization ?? null
      if (runtime === null || authorization === null || !authorization.policy.enforces) return true
      everySoOften = authorization.reauthorizeMs === 0 ? everySoOften : authorization.reauthorizeMs
      if (authorization.addresses?.(kept.clientIp) === false) return false
      token = await tokenOf(runtime, kept.fields)
      const outcome = await authorization.authenticator?.check({ ...kept, token }) ?? null
      withoutAnswer = isUnanswered(outcome) ? withoutAnswer + 1 : 0
      return outcome === null || outcome.kind === 'granted' || (withoutAnswer > 0 && withoutAnswer < MOST_WITHOUT_ANSWER)
    }
  }
}

async function tokenOf({ identity }: Runtime, fields: string): Promise<TokenIdentity> {
  for (const source of identity.sources) {
    const token = source.tokenIn(fields)
    if (token !== '') return source.peek(token) ?? await source.verify(token)
  }
  return NO_TOKEN
}

function isUnanswered(outcome: Outcome | null): boolean {
  return outcome?.kind === 'refused' && outcome.failure.status === 503
}
