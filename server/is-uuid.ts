const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a text is an id as the control plane makes them; Postgres refuses a query with any other. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}
