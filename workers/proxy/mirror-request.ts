import type { RequestBody } from '../http1/request-body.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { chooseTarget } from './choose-target.ts'
import type { Client } from './client.ts'
import { bindingKey, originHead } from '../../shared/forwarding/origin-head.ts'
import { MirroredRequest } from './mirrored-request.ts'
import type { RequestContext } from './request-context.ts'
import type { RequestMatch } from './request-match.ts'
import type { RuntimeMirror, RuntimeRoute } from './runtime.ts'

/** Copies of a thread that are not over; more requests are not copied. */
const MOST_COPIES = 256

interface MirrorableRequest {
  readonly client: Client
  readonly head: RequestHead
  readonly match: RequestMatch
  readonly body: RequestBody
  readonly context: RequestContext
}

/** Begins the copy of a request; null when this one is not copied. */
export function mirrorRequest(route: RuntimeRoute, mirror: RuntimeMirror, { client, head, match, body, context }: MirrorableRequest): MirroredRequest | null {
  const { thread } = client
  const { upstream, pick } = mirror.destination
  if (thread.state.counted.mirrored >= MOST_COPIES || thread.random() * 100 >= mirror.percent) return null
  const target = chooseTarget(upstream, pick, [], thread.state.now)
  if (target === null) return null
  const text = originHead(route, head, match.path, target.hostHeader, context, bindingKey(upstream.affinity, context)) + body.first
  if (context.lacksSecret) return null
  const copy = new MirroredRequest(thread, mirror, target, head.method, text)
  if (body.isComplete) copy.send()
  return copy
}
