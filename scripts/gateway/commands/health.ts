import http from 'node:http'
import https from 'node:https'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { usage } from '../parse-command.ts'

const ASKED_FOR_MS = 4_000

type Asked = Readonly<{ name: string; address: string; isTls: boolean }>

/** Where each program answers, by its own environment. control-jobs opens no port. */
const PROGRAMS: Readonly<Record<string, (env: NodeJS.ProcessEnv) => Asked>> = {
  'control-web': (env) => ({ name: 'CONTROL_PLANE_ADDR', address: env['CONTROL_PLANE_ADDR']?.trim() || '0.0.0.0:9000', isTls: (env['CONTROL_PLANE_TLS_CERT']?.trim() ?? '') !== '' }),
  'data-node': (env) => ({ name: 'METRICS_ADDR', address: env['METRICS_ADDR']?.trim() || '127.0.0.1:9100', isTls: false })
}

export const health = command({
  name: 'health',
  summary: 'Ask a program of this machine whether it lives',
  details: 'For the health checks of containers and supervisors: run it with the environment of the program. It asks /healthz, or /readyz with --ready, by https where the program has a certificate, and ends with 0 or 69.',
  args: [{ name: 'PROGRAM', help: Object.keys(PROGRAMS).join(' or ') }],
  options: { ready: { help: 'whether it serves, not only whether it lives' } },
  examples: ['gateway health data-node --ready'],
  async run({ args, options, env, out }) {
    const name = args[0] ?? ''
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
    if (program === undefined) throw usage(`"${name}" is none of ${Object.keys(PROGRAMS).join(', ')}`)
    const url = urlOf(program(env), options.ready ? '/readyz' : '/healthz')
    const status = await ask(url)
    if (status !== 200) throw new Failure(EXIT.unavailable, `${name} answered ${status} at ${url.href}`)
    out.line(`${name} ${options.ready ? 'is ready' : 'lives'}`)
    return EXIT.done
  }
})

function urlOf({ name, address, isTls }: Asked, path: string): URL {
  // An address for "all of this machine" is none to connect to.
  const host = address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')
  const url = URL.parse(`${isTls ? 'https' : 'http'}://${host}${path}`)
  if (url === null || url.pathname !== path) throw usage(`${name} must be address:port, not "${address}"`)
  return url
}

/** @returns the status of the answer. */
function ask(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(new Failure(EXIT.unavailable, `${url.href} cannot be reached: ${error.message || String(error)}`))
    // It asks its own machine and sends no secret; the certificate names the host as others know it.
    const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(ASKED_FOR_MS), agent: false }
    const request = (url.protocol === 'https:' ? https : http).get(url, options, (response) => {
      response.on('error', failed).resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', failed)
  })
}
