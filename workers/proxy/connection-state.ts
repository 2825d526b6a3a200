/** Waiting for a head, or in the middle of one. */
export const HEAD_STATE = 0
/** A request is being served; its body may still come. */
export const BUSY = 1
/** Answered, and half closed or about to close: what still comes is thrown away. */
export const LINGER = 2
export const CLOSED = 3
/** Bytes are the WebSocket's. */
export const TUNNEL = 4

export type ConnectionState = typeof HEAD_STATE | typeof BUSY | typeof LINGER | typeof CLOSED | typeof TUNNEL
