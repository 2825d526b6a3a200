import type { ReportLine } from '../../../shared/configuration-file/configuration-file.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readPlace } from '../read-number.ts'
import { writeFile } from '../write-file.ts'

export const exportFile = command({
  name: 'export',
  summary: 'Write the configuration as a file',
  details: 'What has its default is not written. Certificates and secrets are in no file. What the format cannot say is told on standard error.',
  options: {
    format: { value: 'FORMAT', choices: ['yaml', 'json', 'yarp'], help: 'of the file (yaml)' },
    of: { value: 'PLACE', help: 'live, draft or a revision (draft)' },
    output: { short: 'o', value: 'FILE', help: 'else standard output' }
  },
  examples: ['gateway export --of live -o gateway.yaml', 'gateway export --format yarp'],
  async run({ api, out, options }) {
    const { text, report } = await api.get<{ text: string; report: ReportLine[] }>('/config/export', { format: options.format ?? 'yaml', of: readPlace(options.of ?? 'draft') })
    for (const { kind, path, message } of report) out.note(`${kind} ${path || '/'} ${message}`)
    if (options.output !== undefined) await writeFile(options.output, text)
    if (out.isJson) out.json(options.output === undefined ? { text, report } : { file: options.output, report })
    else if (options.output === undefined) out.raw(text)
    else out.note(`wrote ${options.output}`)
    return EXIT.done
  }
})
