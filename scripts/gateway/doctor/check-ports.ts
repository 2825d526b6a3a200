import { once } from 'node:events'
import net from 'node:net'
import { parsePortRanges, type PortRange, portRangesText, portsOf } from '../../../shared/ports/port-range.ts'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

/** More would take long; the first of each range tell enough. */
const MOST_TRIED = 2_000

/** What the kernel says, as numbers and ranges. null where it says nothing (not Linux). */
export interface PortKernel {
  /** Ports of outgoing connections. */
  outgoing: PortRange | null
  reserved: readonly PortRange[]
  firstUnprivileged: number | null
}

/** The ports that HTTP_PORT_RANGE and HTTPS_PORT_RANGE reserve. */
export async function checkPorts(env: NodeJS.ProcessEnv, kernel: PortKernel, isRoot: boolean): Promise<Finding[]> {
  const ranges: PortRange[] = []
  for (const name of ['HTTP_PORT_RANGE', 'HTTPS_PORT_RANGE']) {
    const parsed = parsePortRanges(env[name] ?? '')
    if (typeof parsed === 'string') return [wrong(name, parsed, 'write it like 80,20000-20100')]
    ranges.push(...parsed)
  }
  if (ranges.length === 0) return [skipped('ports', 'neither HTTP_PORT_RANGE nor HTTPS_PORT_RANGE is set here')]
  return [await inUse(ranges), ...outgoing(ranges, kernel), ...privileged(ranges, kernel, isRoot)]
}

async function inUse(ranges: readonly PortRange[]): Promise<Finding> {
  const taken: number[] = []
  const ports = portsOf(ranges)
  for (const port of ports.slice(0, MOST_TRIED)) if (await isTaken(port)) taken.push(port)
  const found = `${ports.length} ports (${portRangesText(ranges)})`
  if (taken.length === 0) return ok('ports', `${found}, none in use`)
  return warning('ports', `${found}, in use: ${taken.slice(0, 10).join(', ')}${taken.length > 10 ? ' ...' : ''}`, `right where a data node runs here; else see who has them: ss -ltnp 'sport = :${taken[0]}'`)
}

async function isTaken(port: number): Promise<boolean> {
  const server = net.createServer()
  server.listen({ port, host: '0.0.0.0', exclusive: true })
  try {
    await once(server, 'listening')
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  } finally {
    server.close()
  }
}

function outgoing(ranges: readonly PortRange[], kernel: PortKernel): Finding[] {
  const { outgoing: used } = kernel
  if (used === null) return []
  const exposed = ranges.filter((range) => range.from <= used.to && used.from <= range.to && !kernel.reserved.some(({ from, to }) => from <= range.from && range.to <= to))
  if (exposed.length === 0) return [ok('ip_local_reserved_ports', 'the kernel takes none of these ports for outgoing connections')]
  const text = portRangesText(exposed)
  return [warning('ip_local_reserved_ports', `the kernel may take ports of ${text} for outgoing connections (${used.from}-${used.to})`, `sysctl -w net.ipv4.ip_local_reserved_ports=${text}`)]
}

function privileged(ranges: readonly PortRange[], { firstUnprivileged }: PortKernel, isRoot: boolean): Finding[] {
  const low = ranges.find(({ from }) => firstUnprivileged !== null && from < firstUnprivileged)
  if (low === undefined || isRoot) return []
  return [warning('low ports', `port ${low.from} needs a right that this user may not have`, `CAP_NET_BIND_SERVICE, or: sysctl -w net.ipv4.ip_unprivileged_port_start=${low.from}`)]
}
