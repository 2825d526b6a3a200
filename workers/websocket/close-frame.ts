import { randomBytes } from 'node:crypto'

/** Why this gateway closes a WebSocket (RFC 6455 section 7.4.1 and its registry). */
export const CLOSE = { goingAway: 1001, policyViolation: 1008, serviceRestart: 1012 } as const

/** No Close frame came before the connection ended. */
export const CLOSED_WITHOUT_FRAME = 1006

/** A whole Close frame. Towards a server it must be masked (RFC 6455 section 5.3). */
export function closeFrame(code: number, reason: string, isMasked: boolean): Buffer {
  const payload = Buffer.alloc(2 + reason.length)
  payload.writeUInt16BE(code)
  payload.write(reason, 2, 'latin1')
  if (!isMasked) return Buffer.concat([Buffer.from([0x88, payload.length]), payload])
  const mask = randomBytes(4)
  for (let index = 0; index < payload.length; index++) payload[index]! ^= mask[index % 4]!
  return Buffer.concat([Buffer.from([0x88, 0x80 | payload.length]), mask, payload])
}
