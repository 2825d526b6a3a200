import { createApiClient } from './api-client.ts'
import { COMMANDS } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { commandHelp, overviewHelp } from './help.ts'
import { createOutput, printable } from './output.ts'
import { findCommand, parseCommand, refuseUnknown, usage } from './parse-command.ts'

interface Surroundings {
  readonly words: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readInput(): Promise<string>
}

/** Runs one command line. @returns the exit code; every failure is told on standard error */
export async function runGateway(surroundings: Surroundings): Promise<number> {
  const { words, stdout, stderr } = surroundings
  const isJson = words.includes('--json')
  try {
    const help = helpFor(words)
    if (help !== null) {
      stdout.write(help)
      return EXIT.done
    }
    return await runCommand(surroundings)
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure(EXIT.internal, (error as Error).stack ?? String(error))
    const out = createOutput(isJson, stdout, stderr)
    if (isJson) out.json({ error: { code: failure.code, message: failure.message, issues: failure.issues } })
    out.issues(failure.issues)
    out.note(`gateway: ${failure.exitCode === EXIT.internal ? failure.message : printable(failure.message)}`)
    return failure.exitCode
  }
}

async function runCommand({ words, env, stdout, stderr, readInput }: Surroundings): Promise<number> {
  const found = findCommand(words, COMMANDS) ?? refuseUnknown(words, COMMANDS)
  const { args, options } = parseCommand(found.command, found.rest)
  const out = createOutput(options['json'] === true, stdout, stderr)
  const api = createApiClient(controlPlaneUrl(options['url'] as string | undefined ?? env['GATEWAY_URL']), env['GATEWAY_TOKEN'])
  return found.command.run({ args, options: options as never, api, out, env, readInput })
}

/** The text that is asked for, or null. */
function helpFor(words: readonly string[]): string | null {
  const isAsked = words.some((word) => word === '--help' || word === '-h')
  if (words.length === 0 || words[0] === 'help' || (isAsked && words[0]?.startsWith('-') === true)) return overviewHelp(COMMANDS)
  if (!isAsked) return null
  const named = words.filter((word) => !word.startsWith('-'))
  const isGroup = named.length === 1 && COMMANDS.some(({ name }) => name.startsWith(`${named[0]} `))
  if (isGroup) return overviewHelp(COMMANDS, named[0])
  return commandHelp((findCommand(words, COMMANDS) ?? refuseUnknown(words, COMMANDS)).command)
}

function controlPlaneUrl(given: string | undefined): string {
  const text = given === undefined || given === '' ? 'http://127.0.0.1:9000' : given
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw usage(`"${text}" is no address of a control plane; it must be like https://gateway.example:9000`)
  }
  return url.href
}
