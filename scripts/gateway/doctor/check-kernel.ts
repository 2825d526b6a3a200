import fs from 'node:fs'
import { parsePortRanges } from '../../../shared/ports/port-range.ts'
import type { PortKernel } from './check-ports.ts'
import { type Finding, ok, skipped, warning } from './finding.ts'

const BACKLOG = 1_024
const FILES = 65_536

/** Settings of this machine's kernel and limits of this shell that a data node feels. */
export function checkKernel(): Finding[] {
  if (process.platform !== 'linux') return [skipped('kernel', 'only looked at on Linux')]
  return [backlog(), migration(), files()]
}

/** What checkPorts() needs. */
export function readPortKernel(): PortKernel {
  const [from, to] = (setting('net/ipv4/ip_local_port_range') ?? '').split(/\s+/).map(Number)
  const reserved = parsePortRanges(setting('net/ipv4/ip_local_reserved_ports') ?? '')
  const first = setting('net/ipv4/ip_unprivileged_port_start')
  return {
    outgoing: from === undefined || to === undefined || Number.isNaN(from) ? null : { from, to },
    reserved: typeof reserved === 'string' ? [] : reserved,
    firstUnprivileged: first === null ? null : Number(first)
  }
}

function backlog(): Finding {
  const value = Number(setting('net/core/somaxconn') ?? NaN)
  if (Number.isNaN(value)) return skipped('somaxconn', 'cannot be read')
  return value >= BACKLOG ? ok('somaxconn', String(value)) : warning('somaxconn', `${value}: bursts of new connections are cut`, `sysctl -w net.core.somaxconn=${BACKLOG * 4}`)
}

function migration(): Finding {
  const value = setting('net/ipv4/tcp_migrate_req')
  if (value === null) return skipped('tcp_migrate_req', 'this kernel has none (5.14 or newer has)')
  return value === '1' ? ok('tcp_migrate_req', 'on') : warning('tcp_migrate_req', 'off: connections that wait at the moment of a reload can be reset', 'sysctl -w net.ipv4.tcp_migrate_req=1')
}

function files(): Finding {
  const limit = /^Max open files\s+(\S+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? ''
  if (limit === 'unlimited' || Number(limit) >= FILES) return ok('open files', limit)
  return warning('open files', `at most ${limit}; a request needs two sockets`, `ulimit -n ${FILES} (LimitNOFILE= of systemd)`)
}

function setting(name: string): string | null {
  try {
    return fs.readFileSync(`/proc/sys/${name}`, 'utf8').trim()
  } catch {
    return null
  }
}
