import { isFree } from '../services/free-port.ts'
import type { UpSettings } from './settings.ts'

/** Throws one line that names the taken port and the variable that changes it; a taken port of the range is only said. */
export async function checkPorts(settings: UpSettings, say: (line: string) => void): Promise<void> {
  const { control, metrics } = settings
  for (const [name, { host, port }] of [['CONTROL_PLANE_ADDR', control], ['METRICS_ADDR', metrics]] as const) {
    if (!await isFree(port, host)) throw new Error(`port ${port} on ${host} is taken by another program; set ${name} to another one, for example ${name}=${host}:${port + 1000}`)
  }
  const taken: number[] = []
  for (const port of settings.httpPorts) if (!await isFree(port)) taken.push(port)
  if (taken.length > 0) say(`ports taken by another program: ${taken.join(', ')}; listeners on them cannot serve (HTTP_PORT_RANGE changes the ports, now ${settings.httpPortRange})`)
  if (taken.length === settings.httpPorts.length) throw new Error(`every port of HTTP_PORT_RANGE=${settings.httpPortRange} is taken; set it to free ones, for example HTTP_PORT_RANGE=18080-18089`)
}
