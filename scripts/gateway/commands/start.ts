import { becomeProgram } from '../become-program.ts'
import { command } from '../command.ts'
import { nearest } from '../nearest.ts'
import { usage } from '../parse-command.ts'

const PROGRAMS: Readonly<Record<string, string>> = { 'control-web': 'server/web', 'control-jobs': 'server/jobs', 'data-node': 'workers/main' }

export const start = command({
  name: 'start',
  summary: 'Become one of the programs: control-web, control-jobs or data-node',
  details: 'It is told by its environment (docs/OPS.md) and takes the place of this process, so that signals reach it.',
  args: [{ name: 'PROGRAM', help: Object.keys(PROGRAMS).join(', ') }],
  examples: ['DATABASE_URL=postgres://gateway@db/gateway gateway start control-web'],
  run({ args, env }) {
    const name = args[0] ?? ''
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
    if (program === undefined) throw usage(`"${name}" is none of ${Object.keys(PROGRAMS).join(', ')}; did you mean ${nearest(name, Object.keys(PROGRAMS)) ?? 'data-node'}?`)
    return becomeProgram(program, [], env)
  }
})
