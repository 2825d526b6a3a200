import { parseArgs } from 'node:util'

export interface CommandLine<Flag extends string> {
  flags: Record<Flag, boolean>
  files: string[]
}

/**
 * Reads the arguments of a program whose options are all plain flags. `--help` prints the text and ends with 0; an
 * unknown option ends with 64 and names it.
 */
export function readCommandLine<const Flag extends string>(help: string, flags: readonly Flag[], takesFiles = false): CommandLine<Flag> {
  const names = ['help', ...flags]
  try {
    const { values, positionals } = parseArgs({
      options: Object.fromEntries(names.map((name) => [name, { type: 'boolean' as const }])),
      allowPositionals: takesFiles
    })
    if (values.help === true) {
      console.log(help)
      process.exit(0)
    }
    return { flags: Object.fromEntries(flags.map((name) => [name, values[name] === true])) as Record<Flag, boolean>, files: positionals }
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}; see --help`)
    process.exit(64)
  }
}
