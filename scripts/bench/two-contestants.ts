import type { Contestant } from './contestant.ts'
import { GATEWAY, listContestants, NGINX } from './contestants.ts'
import { startSecureGateway } from './gateway.ts'
import { startSecureNginx, startWebSocketNginx } from './nginx.ts'

/** This gateway and nginx with TLS. */
export function secureContestants(): Contestant[] {
  return startedBy({ [GATEWAY]: startSecureGateway, [NGINX]: startSecureNginx })
}

/** This gateway and nginx, which has to be told to pass WebSockets on. */
export function webSocketContestants(): Contestant[] {
  const [gateway] = listContestants()
  return [gateway!, ...startedBy({ [NGINX]: startWebSocketNginx })]
}

function startedBy(starts: Readonly<Record<string, Contestant['start']>>): Contestant[] {
  return listContestants().flatMap((one) => {
    const start = starts[one.name]
    return start === undefined ? [] : [{ ...one, start }]
  })
}
