import { bindingKey } from '../../shared/forwarding/origin-head.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { RequestBody } from '../http1/request-body.ts'
import type { RequestContext } from './request-context.ts'
import type { RuntimeDestination, RuntimeRoute } from './runtime.ts'

/**
 * Keeps out of the trailer section what the gateway says in the head: an origin that puts both together would believe the
 * client. What policies and the listener take out of the head they keep out of there themselves.
 */
export function dropOwnTrailers({ head, body, context }: { head: RequestHead; body: RequestBody; context: RequestContext }, { transforms }: RuntimeRoute, { upstream }: RuntimeDestination): void {
  if (!head.isChunked) return
  for (const name of transforms?.options.ownRequestHeaders ?? []) body.dropTrailer(name)
  const key = bindingKey(upstream.affinity, context)
  if (key.name !== '') body.dropTrailer(key.name.toLowerCase())
}
