import type { FieldChange, ResourceChange } from '../../../shared/schema/resource-change.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { type Output, printable } from '../output.ts'
import { readPlace } from '../read-number.ts'

export const diff = command({
  name: 'diff',
  summary: 'What differs between two of live, draft and any revision',
  args: [
    { name: 'FROM', help: 'live, draft or a revision (live)', isOptional: true },
    { name: 'TO', help: 'live, draft or a revision (draft)', isOptional: true }
  ],
  options: { 'exit-code': { help: 'end with 1 when something differs' } },
  examples: ['gateway diff', 'gateway diff 41 live'],
  async run({ api, out, args, options }) {
    const { changes } = await api.get<{ changes: ResourceChange[] }>('/config/diff', { from: readPlace(args[0] ?? 'live'), to: readPlace(args[1] ?? 'draft') })
    if (out.isJson) out.json(changes)
    else for (const change of changes) tellChange(out, change)
    if (changes.length === 0) out.note('no difference')
    return options['exit-code'] && changes.length > 0 ? EXIT.refused : EXIT.done
  }
})

function tellChange(out: Output, { kind, name, change, fields }: ResourceChange): void {
  const [sign, style] = change === 'added' ? ['+', 'green'] as const : change === 'removed' ? ['-', 'red'] as const : ['~', 'yellow'] as const
  out.line(out.paint(style, `${sign} ${kind} ${printable(name)}`))
  for (const field of fields) out.line(`    ${printable(field.path)}: ${valueText(field, 'from')} -> ${valueText(field, 'to')}`)
}

function valueText(field: FieldChange, side: 'from' | 'to'): string {
  return Object.hasOwn(field, side) ? printable(JSON.stringify(field[side])) : '(none)'
}
