/** Where a port is bound. */
export interface PortPlace {
  address: string
  port: number
}

/** One text for one place, also as the key of maps. */
export function placeKey({ address, port }: PortPlace): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
