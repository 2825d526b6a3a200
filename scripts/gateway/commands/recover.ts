import { becomeProgram } from '../become-program.ts'
import { command } from '../command.ts'
import { usage } from '../parse-command.ts'

export const recover = command({
  name: 'recover',
  summary: 'After a restore of the database from a backup: let the data nodes take the next publish',
  details: 'They serve revisions that the backup does not know, and a publish answers database_behind_fleet. With a new epoch they take the next publish; until then they serve on what they have. Reads DATABASE_URL; the control plane need not run.',
  options: { 'new-epoch': { help: 'give the database a new epoch; without it nothing is done' } },
  examples: ['DATABASE_URL=postgres://gateway@db/gateway gateway recover --new-epoch'],
  run({ options, env }) {
    if (!options['new-epoch']) throw usage('"gateway recover" does nothing without --new-epoch, because it cannot be taken back')
    return becomeProgram('server/recover', ['--new-epoch'], env)
  }
})
