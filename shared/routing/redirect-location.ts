/** Where a redirect leads. {path} and {query} are what the client asked for, the query with its "?"; {host} is without port. */
export function redirectLocation(to: string, host: string, path: string, query: string): string {
  return to.replace(/\{(path|query|host)\}/g, (_all, name: string) => (name === 'path' ? path : name === 'query' ? query : host))
}

/** Where a listener sends a plain request; `path` and `query` as above. */
export function httpsLocation(port: number, host: string, path: string, query: string): string {
  return `https://${host}${port === 443 ? '' : `:${port}`}${path}${query}`
}
