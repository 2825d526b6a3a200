import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMANDS } from './commands.ts'
import { Failure } from './failure.ts'
import { commandHelp } from './help.ts'
import { nearest } from './nearest.ts'
import { printable, tableLines } from './output.ts'
import { findCommand, parseCommand, refuseUnknown } from './parse-command.ts'

function parse(...words: string[]) {
  const found = findCommand(words, COMMANDS) ?? refuseUnknown(words, COMMANDS)
  return { name: found.command.name, ...parseCommand(found.command, found.rest) }
}

const REFUSED: [words: string[], said: RegExp][] = [
  [['pubish'], /no command "pubish"; did you mean publish\?/],
  [['nodes', 'lst'], /no command "nodes lst"; did you mean nodes list\?/],
  [['import'], /"import" needs one of yarp/],
  [['publish', '--wiat'], /no option --wiat; did you mean --wait\?/],
  [['publish', '--constructor'], /no option --constructor/],
  [['publish', '--wait=yes'], /--wait takes no value/],
  [['publish', '--note'], /--note needs a value: --note TEXT/],
  [['publish', '--note', 'a', '--note', 'b'], /--note was given twice/],
  [['export', '--format', 'yml'], /must be one of yaml, json, yarp, not "yml"; did you mean yaml\?/],
  [['rollback'], /"gateway rollback" needs REVISION/],
  [['rollback', '1', '2'], /does not take "2"/]
]

test('what is wrong is refused with the nearest name', () => {
  for (const [words, said] of REFUSED) {
    assert.throws(() => parse(...words), (error: unknown) => error instanceof Failure && error.exitCode === 64 && said.test(error.message), words.join(' '))
  }
})

test('options, arguments and the short way to a list', () => {
  assert.equal(parse('nodes').name, 'nodes list')
  assert.equal(parse('nodes', '--json').options['json'], true)
  const { args, options } = parse('explain', 'GET', 'http://a/', '-H', 'A: 1', '--header', 'B: 2', '--against=draft')
  assert.deepEqual(args, ['GET', 'http://a/'])
  assert.deepEqual(options['header'], ['A: 1', 'B: 2'])
  assert.equal(options['against'], 'draft')
  assert.deepEqual(parse('apply', '-f', '-').options['file'], '-')
})

test('every command has a help with an example that it takes', () => {
  for (const command of COMMANDS) {
    const help = commandHelp(command)
    assert.ok(command.examples.length > 0, command.name)
    for (const example of command.examples) assert.ok(help.includes(example), command.name)
    assert.match(help, new RegExp(`^gateway ${command.name}`))
    assert.doesNotMatch(command.summary, /\.$/, `${command.name}: the help ends its summary itself`)
  }
  for (const name of COMMANDS.map((command) => command.name)) assert.equal(findCommand(name.split(' '), COMMANDS)?.command.name, name)
})

test('nearest names are near', () => {
  assert.equal(nearest('rolback', ['publish', 'rollback']), 'rollback')
  assert.equal(nearest('xyzzy', ['publish', 'rollback']), null)
})

test('tables have straight columns and nothing that steers a terminal', () => {
  assert.deepEqual(tableLines(['name', 'count'], [['a', 1], ['longer', null]]), ['NAME    COUNT', 'a       1', 'longer  -'])
  assert.equal(printable('a\u001b[31mred\u0007\nb\u202e'), 'ared  b ')
})
