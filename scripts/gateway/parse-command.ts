import { parseArgs } from 'node:util'
import type { Command, OptionSpec, Options } from './command.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { nearest } from './nearest.ts'

/** Options of every command. */
export const COMMON_OPTIONS = {
  url: { value: 'URL', help: 'where the control plane is; else GATEWAY_URL, else http://127.0.0.1:9000' },
  json: { help: 'JSON for programs instead of tables for people' },
  help: { short: 'h', help: 'this text' }
} as const satisfies Options

export type OptionValue = string | boolean | readonly string[] | undefined

/** Finds the command that the words begin with. @returns null where they name none or only the beginning of several */
export function findCommand(words: readonly string[], commands: readonly Command[]): { command: Command; rest: readonly string[] } | null {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const found = words.length >= length ? commands.find((item) => item.name === name) : undefined
    if (found !== undefined) return { command: found, rest: words.slice(length) }
  }
  const list = commands.find((item) => item.name === `${words[0]} list`)
  return list !== undefined && (words.length === 1 || words[1]?.startsWith('-') === true) ? { command: list, rest: words.slice(1) } : null
}

/** @throws Failure that names the nearest command. */
export function refuseUnknown(words: readonly string[], commands: readonly Command[]): never {
  const group = commands.filter((item) => item.name.startsWith(`${words[0]} `))
  if (group.length > 0) {
    const seconds = group.map(({ name }) => name.split(' ')[1] ?? '')
    if (words[1] === undefined) throw usage(`"${words[0]}" needs one of ${seconds.join(', ')}`)
    throw usage(`there is no command "${words[0]} ${words[1]}"; ${didYouMean(words[1], seconds, (second) => `${words[0]} ${second}`)}`)
  }
  const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
  throw usage(`there is no command "${words[0]}"; ${didYouMean(words[0] ?? '', firsts, (first) => first)}`)
}

/** Reads what follows the command's name. @throws Failure that names what is wrong, and the nearest option. */
export function parseCommand(command: Command, words: readonly string[]): { args: string[]; options: Record<string, OptionValue> } {
  const specs: Record<string, OptionSpec> = { ...command.options, ...COMMON_OPTIONS }
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(Object.entries(specs).map(([name, { value, short }]) => [name, { type: value === undefined ? 'boolean' as const : 'string' as const, ...short === undefined ? {} : { short } }]))
  })
  const args: string[] = []
  const options: Record<string, OptionValue> = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.value === undefined ? false : spec.isMultiple === true ? [] : undefined]))
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind === 'option') options[token.name] = readOption(token, specs, options[token.name])
  }
  if (options['help'] !== true) checkArguments(command, args)
  return { args, options }
}

function readOption({ name, rawName, value }: { name: string; rawName: string; value: string | undefined }, specs: Readonly<Record<string, OptionSpec>>, before: OptionValue): OptionValue {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
  if (spec === undefined) throw usage(`there is no option ${rawName}; ${didYouMean(name, Object.keys(specs), (option) => `--${option}`)}`)
  if (spec.value === undefined) {
    if (value !== undefined) throw usage(`${rawName} takes no value`)
    return true
  }
  if (value === undefined) throw usage(`${rawName} needs a value: ${rawName} ${spec.value}`)
  if (spec.choices !== undefined && !spec.choices.includes(value)) throw usage(`${rawName} must be one of ${spec.choices.join(', ')}, not "${value}"; ${didYouMean(value, spec.choices, (choice) => choice)}`)
  if (spec.isMultiple === true) return [...before as readonly string[], value]
  if (before !== undefined) throw usage(`${rawName} was given twice`)
  return value
}

function checkArguments(command: Command, args: readonly string[]): void {
  const specs = command.args ?? []
  const missing = specs.find((spec, index) => spec.isOptional !== true && args[index] === undefined)
  if (missing !== undefined) throw usage(`"gateway ${command.name}" needs ${missing.name} (${missing.help})`)
  const extra = args[specs.length]
  if (extra !== undefined) throw usage(`"gateway ${command.name}" does not take "${extra}"`)
}

function didYouMean(given: string, names: readonly string[], present: (name: string) => string): string {
  const name = nearest(given, names)
  return name === null ? 'see --help' : `did you mean ${present(name)}?`
}

export function usage(message: string): Failure {
  return new Failure(EXIT.usage, message)
}
