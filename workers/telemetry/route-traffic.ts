/** Traffic of a route under the name that people know. */
export interface RouteTraffic {
  /** '' for a global route. */
  tenant: string
  /** '(none)': requests that no route took; '(other)': routes beyond what is counted one by one. */
  route: string
  /** By TRAFFIC. */
  values: number[]
}

/** Adds up what several processes counted. */
export function addTraffic(parts: readonly RouteTraffic[]): RouteTraffic[] {
  const sums = new Map<string, RouteTraffic>()
  for (const { tenant, route, values } of parts) {
    const key = `${tenant} ${route}`
    const known = sums.get(key)
    if (known === undefined) sums.set(key, { tenant, route, values: [...values] })
    else for (const [place, value] of values.entries()) known.values[place]! += value
  }
  return [...sums.values()]
}
