/** Where a redirect leads. {path} and {query} are what the client asked for, the query with its "?"; {host} is without port. */
export function redirectLocation(to: string, host: string, path: string, query: string): string {
  return to.replace(/\{(path|query|host)\}/g, (_all, name: string) => (name === 'path' ? path : name === 'query' ? query : host))
}
