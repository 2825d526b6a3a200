import { text } from 'node:stream/consumers'
import { runGateway } from './run-gateway.ts'

// A reader such as `head` that has seen enough is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))

process.exitCode = await runGateway({
  words: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  readInput: () => text(process.stdin)
})
