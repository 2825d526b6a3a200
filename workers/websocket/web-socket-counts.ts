/** What was counted of WebSockets. */
export interface WebSocketCounts {
  open: number
  /** Since the thread began. */
  opened: number
  bytesIn: number
  bytesOut: number
  messagesIn: number
  messagesOut: number
  /** How they were closed, by the code of the first Close frame; 1006: without one. */
  closedByCode: Record<string, number>
}

export function noWebSockets(): WebSocketCounts {
  return { open: 0, opened: 0, bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0, closedByCode: {} }
}

export function addWebSockets(a: WebSocketCounts, b: WebSocketCounts): WebSocketCounts {
  return {
    open: a.open + b.open,
    opened: a.opened + b.opened,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
    messagesIn: a.messagesIn + b.messagesIn,
    messagesOut: a.messagesOut + b.messagesOut,
    closedByCode: addCounts(a.closedByCode, b.closedByCode)
  }
}

/** Sums by key. */
export function addCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sums = { ...a }
  for (const [key, count] of Object.entries(b)) sums[key] = (sums[key] ?? 0) + count
  return sums
}
