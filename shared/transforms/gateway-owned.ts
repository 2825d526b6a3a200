/** Fields of requests that only the gateway writes, so that origins can believe them; in lower case. No transform touches one. */
export const GATEWAY_OWNED: ReadonlySet<string> = new Set(['x-request-id', 'x-tenant-code', 'x-tenant-source'])
