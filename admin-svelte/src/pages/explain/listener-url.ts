import type { Listener } from '../../../../shared/schema/listener.ts'

type Endpoint = Pick<Listener, 'protocol' | 'port'>
const URL_PARTS = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?(.*)$/i
const USUAL_PORTS: Record<Listener['protocol'], number> = { http: 80, https: 443 }

/** The URL as it is asked for at a listener: with its protocol and port, and with the host and the path as they are. */
export function urlAt(url: string, { protocol, port }: Endpoint): string {
  const [, , host = '', , rest = '/'] = URL_PARTS.exec(url.trim()) ?? []
  return `${protocol}://${host || 'localhost'}${port === USUAL_PORTS[protocol] ? '' : `:${port}`}${rest || '/'}`
}

/** Whether a request for the URL comes to the listener. */
export function isAt(url: string, { protocol, port }: Endpoint): boolean {
  const [, scheme = '', , typed] = URL_PARTS.exec(url.trim()) ?? []
  return scheme.toLowerCase() === protocol && Number(typed ?? USUAL_PORTS[protocol]) === port
}
