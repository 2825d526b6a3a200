import type { Command, Options, OptionSpec } from './command.ts'
import { EXIT_MEANINGS } from './exit-codes.ts'
import { COMMON_OPTIONS } from './parse-command.ts'

/** `gateway --help`, or of the commands that begin with one word. */
export function overviewHelp(commands: readonly Command[], group?: string): string {
  const shown = group === undefined ? commands : commands.filter(({ name }) => name.split(' ')[0] === group)
  const width = Math.max(...shown.map(({ name }) => name.length))
  const lines = shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    `gateway ${group ?? 'COMMAND'} ...    the gateway's command line`,
    '',
    ...lines,
    '',
    '"gateway COMMAND --help" tells more, with examples.',
    '',
    'Environment:',
    '  GATEWAY_TOKEN  API token; never given as an argument, which other users of the machine could read',
    '  GATEWAY_URL    where the control plane is (http://127.0.0.1:9000)',
    '  NO_COLOR       no colours on a terminal',
    '',
    'Exit codes:',
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padStart(2)}  ${meaning}`),
    ''
  ].join('\n')
}

/** `gateway COMMAND --help`. */
export function commandHelp(command: Command): string {
  const options: Options = { ...command.options, ...COMMON_OPTIONS }
  const args = command.args ?? []
  const sections = [
    [usageLine(command)],
    [`${command.summary}.`, ...command.details === undefined ? [] : ['', ...wrap(command.details, 100)]],
    args.length === 0 ? [] : ['Arguments:', ...columns(args.map(({ name, help }) => [name, help]))],
    ['Options:', ...columns(Object.entries(options).map(([name, spec]) => [optionForm(name, spec), spec.choices === undefined ? spec.help : `${spec.help} (${spec.choices.join(', ')})`]))],
    [command.examples.length === 1 ? 'Example:' : 'Examples:', ...command.examples.map((example) => `  ${example}`)]
  ]
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`
}

function usageLine({ name, args = [], options = {} }: Command): string {
  const given = args.map((arg) => arg.isOptional === true ? `[${arg.name}]` : arg.name)
  return ['gateway', name, ...given, ...Object.keys(options).length > 0 ? ['[options]'] : []].join(' ')
}

function optionForm(name: string, { short, value }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let current = ''
    for (const word of paragraph.split(' ')) {
      if (current !== '' && current.length + word.length >= width) {
        lines.push(current)
        current = word
      } else current = current === '' ? word : `${current} ${word}`
    }
    return [...lines, current]
  })
}
