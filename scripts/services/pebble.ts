import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './free-port.ts'
import { type GuardedProcess, startGuarded } from './guarded-process.ts'
import { installPackage, type PackageNames } from './install-package.ts'
import { isThere } from './is-there.ts'
import { waitForLine } from './wait-for-line.ts'

const PEBBLE: PackageNames = { 'apt-get': ['pebble'], dnf: [], apk: [], brew: ['pebble'] }
const PROGRAMS = ['pebble', 'pebble-challtestsrv']

/** A certificate authority for tests, which speaks ACME (RFC 8555). */
export interface Pebble {
  directoryUrl: string
  /** File with the certificate that its own https is signed by. */
  caFile: string
  /** Everything it printed: what it was asked for. */
  lines: string[]
  stop(): Promise<void>
}

/** Whether the machine has Pebble, or could install it. */
export function ensurePebble(say: (line: string) => void): boolean {
  if (PROGRAMS.every(isThere)) return true
  say('Pebble, a certificate authority for tests, was not found; installing it')
  installPackage(PEBBLE, say)
  return PROGRAMS.every(isThere)
}

export interface PebbleOptions {
  /** Where it looks for the answers to its challenges, on every name. */
  httpPort: number
  /** Percentage of good nonces that it refuses. */
  badNonces?: number
  /** How long its certificates are good for. */
  validitySeconds?: number
  /** Names it refuses. */
  blocked?: string[]
  /** Keys (base64url) of accounts that customers must have (External Account Binding), by their ids; without any, none is needed. */
  accounts?: Record<string, string>
  port?: number
  /** For its own https. */
  credential: { certificatePem: string; privateKeyPem: string; caPem: string }
}

/** Starts Pebble, for which every name is 127.0.0.1. Ends with this process. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-pebble-'))
  const port = options.port ?? (await freePort())
  const [dnsPort, managementPort, unusedPort] = [await freePort(), await freePort(), await freePort()]
  const file = (name: string, text: string): string => {
    fs.writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  const caFile = file('ca.pem', options.credential.caPem)
  const config = file('pebble.json', JSON.stringify({
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${unusedPort}`,
      certificate: file('pebble.pem', options.credential.certificatePem),
      privateKey: file('pebble.key', options.credential.privateKeyPem),
      httpPort: options.httpPort,
      tlsPort: unusedPort,
      ocspResponderURL: '',
      externalAccountBindingRequired: options.accounts !== undefined,
      externalAccountMACKeys: options.accounts ?? {},
      domainBlocklist: options.blocked ?? [],
      certificateValidityPeriod: options.validitySeconds ?? 86_400
    }
  }))
  const spawn = (env: Record<string, string>) => ({ spawn: { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin:/usr/local/bin', ...env }, cwd: '/' }, orphanSignal: 'TERM' as const })
  const names = await startGuarded('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${dnsPort}`, '-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `127.0.0.1:${managementPort}`], spawn({}))
  const pebble = await startGuarded('pebble', ['-config', config, '-dnsserver', `127.0.0.1:${dnsPort}`], spawn({ PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: String(options.badNonces ?? 0), PEBBLE_AUTHZREUSE: '0' }))
  const lines: string[] = []
  collect(pebble, lines)
  const stop = async (): Promise<void> => {
    await Promise.all([pebble.stop('SIGTERM', 5_000), names.stop('SIGTERM', 5_000)])
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    await waitForLine(pebble, { pattern: /ACME directory available/, ms: 15_000, what: 'pebble' })
  } catch (error) {
    await stop()
    throw error
  }
  return { directoryUrl: `https://localhost:${port}/dir`, caFile, lines, stop }
}

function collect({ child }: GuardedProcess, lines: string[]): void {
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => lines.push(...data.toString('utf8').split('\n')))
}
