import type { OwnAnswer } from './own-answer.ts'
import type { RuntimeRoute } from './runtime.ts'

/** Stands in for the route of a request that the gateway answers whatever routes there are. */
export function answeringRoute(answer: OwnAnswer): RuntimeRoute {
  return {
    id: '',
    name: '',
    slot: -1,
    destination: null,
    split: null,
    isSplitSticky: false,
    mirror: null,
    template: null,
    answer,
    transforms: null,
    forwardsRawPath: false,
    activityMs: 0,
    totalMs: 0,
    webSocketIdleMs: 0,
    onRemove: { connections: 'keep', drainSeconds: 0 },
    maxRequestBodyBytes: null,
    admission: null
  }
}
