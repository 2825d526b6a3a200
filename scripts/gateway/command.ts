import type { ApiClient } from './api-client.ts'
import type { Output } from './output.ts'

/** An option of a command: `--name VALUE`, or `--name` alone. */
export interface OptionSpec {
  readonly help: string
  /** What stands for the value in the help. Without it the option is a flag. */
  readonly value?: string
  /** The only values it takes. */
  readonly choices?: readonly string[]
  readonly short?: string
  readonly isMultiple?: boolean
}

/** Something that follows the command's name. */
export interface ArgumentSpec {
  readonly name: string
  readonly help: string
  readonly isOptional?: boolean
}

type ValueOf<O extends OptionSpec> = O extends { value: string } ? O extends { isMultiple: true } ? readonly string[] : string | undefined : boolean

export type Options = Readonly<Record<string, OptionSpec>>

export interface CommandInput<O extends Options> {
  /** As many as the command names; optional ones that are absent are undefined. */
  readonly args: readonly string[]
  readonly options: { readonly [Name in keyof O]: ValueOf<O[Name]> }
  readonly api: ApiClient
  readonly out: Output
  readonly env: NodeJS.ProcessEnv
  /** Everything on standard input. */
  readInput(): Promise<string>
}

/** One command as data: parser, help and docs/CLI.md come from it. */
export interface Command {
  /** One or two words. A command whose second word is "list" also answers to its first alone. */
  readonly name: string
  readonly summary: string
  /** More than one line can say. */
  readonly details?: string
  readonly args?: readonly ArgumentSpec[]
  readonly options?: Options
  readonly examples: readonly string[]
  /** @returns the exit code */
  run(input: CommandInput<never>): Promise<number>
}

/** Gives `run` the types of the command's options. */
export function command<const O extends Options>(definition: Omit<Command, 'run' | 'options'> & { options?: O; run(input: CommandInput<O>): Promise<number> }): Command {
  return definition as unknown as Command
}
