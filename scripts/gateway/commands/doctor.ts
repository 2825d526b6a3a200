import { command } from '../command.ts'
import { checkControlPlane } from '../doctor/check-control-plane.ts'
import { checkDatabase } from '../doctor/check-database.ts'
import { checkKernel, readPortKernel } from '../doctor/check-kernel.ts'
import { checkPorts } from '../doctor/check-ports.ts'
import { checkRedis } from '../doctor/check-redis.ts'
import { EXIT } from '../exit-codes.ts'

export const doctor = command({
  name: 'doctor',
  summary: 'Look at what the gateway needs on this machine, and say what to do',
  details: 'Looks at the control plane, its nodes, certificates and clock; at PostgreSQL and Redis where DATABASE_URL and REDIS_URL are set; at the ports where HTTP_PORT_RANGE or HTTPS_PORT_RANGE are; and at kernel settings. Run it with the environment of the program in question. Changes nothing; ends with 1 when something is wrong, warnings aside.',
  examples: ['gateway doctor', 'HTTP_PORT_RANGE=80,20000-20100 gateway doctor'],
  async run({ api, out, env }) {
    const isDataNode = (env['NODE_TOKEN'] ?? '') !== ''
    const groups = await Promise.all([
      checkControlPlane(api, (env['GATEWAY_TOKEN'] ?? '') !== ''),
      checkDatabase(env['DATABASE_URL']),
      checkRedis(env['REDIS_URL'], isDataNode),
      checkPorts(env, readPortKernel(), process.getuid?.() === 0)
    ])
    const findings = [...groups.flat(), ...checkKernel()]
    if (out.isJson) out.json(findings)
    else out.table(['state', 'what', 'found', 'what to do'], findings.map(({ state, what, found, fix }) => [state, what, found, fix]))
    return findings.some(({ state }) => state === 'error') ? EXIT.refused : EXIT.done
  }
})
