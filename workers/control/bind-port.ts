import net from 'node:net'
import { type PortPlace, placeKey } from './port-place.ts'

/** Why a port cannot be had. */
export interface PortFailure {
  state: 'port_in_use' | 'failed'
  /** Code of the issue. */
  code: string
  message: string
}

/**
 * Binds a port with SO_REUSEPORT. Nobody is accepted yet: connections are refused until a thread listens.
 * The socket never reads; it keeps the descriptor, and with it the queue of connections, in this process.
 */
export function bindPort(place: PortPlace): net.Socket | PortFailure {
  try {
    return new net.Socket({ handle: new net.BoundSocket({ ...bindOptions(place), reusePort: true }) } as net.SocketConstructorOpts)
  } catch (error) {
    return portFailure(place, error as NodeJS.ErrnoException)
  }
}

/**
 * Whether another program serves the port. A bind without SO_REUSEPORT sees those that bindPort would share it with.
 * Sockets that are only bound, as our reservations are, do not disturb.
 */
export function proveFree(place: PortPlace): PortFailure | null {
  try {
    new net.BoundSocket(bindOptions(place)).close()
    return null
  } catch (error) {
    return portFailure(place, error as NodeJS.ErrnoException)
  }
}

/** An error of bind(2) or listen(2) in words. */
export function portFailure(place: PortPlace, error: { code?: string; message: string }): PortFailure {
  const where = placeKey(place)
  switch (error.code) {
    case 'EADDRINUSE':
      return { state: 'port_in_use', code: 'port_in_use', message: `${where} is in use by another program` }
    case 'EACCES':
      return { state: 'failed', code: 'port_not_permitted', message: `this user may not open ${where}; ports below 1024 need CAP_NET_BIND_SERVICE` }
    case 'EADDRNOTAVAIL':
      return { state: 'failed', code: 'address_not_available', message: `${where}: this machine does not have that address` }
    default:
      return { state: 'failed', code: 'port_failed', message: `${where} cannot be opened: ${error.message}` }
  }
}

export function isFailure(bound: net.Socket | PortFailure): bound is PortFailure {
  return !(bound instanceof net.Socket)
}

function bindOptions({ address, port }: PortPlace): net.BoundSocketOptions {
  return { host: address, port, ...(net.isIPv6(address) ? { ipv6Only: true } : {}) }
}
