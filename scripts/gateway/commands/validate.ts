import { type Issue, hasErrors } from '../../../shared/schema/issue.ts'
import { bringFile, FILE_OPTIONS } from '../bring-file.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Validation } from '../publish-draft.ts'
import { readFile } from '../read-file.ts'

export const validate = command({
  name: 'validate',
  summary: 'Check the draft, or the draft as it would be with a file brought in; changes nothing',
  options: FILE_OPTIONS,
  examples: ['gateway validate -f gateway.yaml', 'gateway validate'],
  async run({ api, out, options, readInput }) {
    if (options.file === undefined) {
      const { issues } = await api.send<Validation>('POST', '/config/validate', {})
      return verdict(out, issues)
    }
    const text = await readFile(options.file, readInput)
    // With errors it throws, and they are told with their places in the file.
    const { issues } = await bringFile(api, { ...out, issues: () => {} }, { text, format: 'auto', mode: options.replace ? 'replace' : 'merge', dryRun: true })
    return verdict(out, issues)
  }
})

function verdict(out: Output, issues: readonly Issue[]): number {
  out.issues(issues)
  const isValid = !hasErrors(issues)
  if (out.isJson) out.json({ isValid, issues })
  else out.line(isValid ? `valid, ${issues.length} warnings` : `${issues.filter(({ severity }) => severity === 'error').length} errors`)
  return isValid ? EXIT.done : EXIT.refused
}
