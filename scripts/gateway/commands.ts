import type { Command } from './command.ts'
import { apply } from './commands/apply.ts'
import { auditCommands } from './commands/audit.ts'
import { certificateCommands } from './commands/certificates.ts'
import { diff } from './commands/diff.ts'
import { discard } from './commands/discard.ts'
import { doctor } from './commands/doctor.ts'
import { explain } from './commands/explain.ts'
import { exportFile } from './commands/export.ts'
import { health } from './commands/health.ts'
import { holdCommands } from './commands/hold.ts'
import { importYarp } from './commands/import-yarp.ts'
import { nodeCommands } from './commands/nodes.ts'
import { publish } from './commands/publish.ts'
import { recover } from './commands/recover.ts'
import { rollback } from './commands/rollback.ts'
import { routeCommands } from './commands/routes.ts'
import { secretCommands } from './commands/secrets.ts'
import { snapshotCommands } from './commands/snapshots.ts'
import { start } from './commands/start.ts'
import { validate } from './commands/validate.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  validate,
  diff,
  apply,
  publish,
  ...holdCommands,
  rollback,
  discard,
  exportFile,
  importYarp,
  explain,
  ...snapshotCommands,
  ...routeCommands,
  ...nodeCommands,
  ...certificateCommands,
  ...secretCommands,
  ...auditCommands,
  recover,
  doctor,
  start,
  health
]
