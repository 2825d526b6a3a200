import type { Client } from './client.ts'
import type { WrittenAnswer } from './gateway-answer.ts'

/** Sends an answer of the gateway's own as a whole. */
export function writeAnswer(client: Client, { status, reason, fields, framing, body }: WrittenAnswer, close: boolean): void {
  client.respond(status, `${status} ${reason}`, fields, framing, close, body, true)
}
