import type { TransformInput } from './transform-kind.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Names divided by ";", in lower case. */
export function asFieldList(input: TransformInput, part: string): Set<string> {
  const names = input.text(part).split(';').map((name) => name.trim()).filter((name) => name !== '')
  const bad = names.find((name) => !TOKEN.test(name))
  if (bad !== undefined) input.problem(part, `"${bad}" is no name of a header; names are divided by ";"`)
  return new Set(names.map((name) => name.toLowerCase()))
}
