import { bringFile, FILE_OPTIONS, tellImported } from '../bring-file.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { GUARD_OPTIONS, guardsOf } from '../guard-options.ts'
import { usage } from '../parse-command.ts'
import { PUBLISH_OPTIONS, publishDraft, tellPublished } from '../publish-draft.ts'
import { readFile } from '../read-file.ts'
import { WAIT_OPTIONS } from '../wait-for-rollout.ts'

export const apply = command({
  name: 'apply',
  summary: 'Bring a file into the draft, and publish it where asked to',
  details: 'All of the file or nothing: any error refuses it, with its place in the file. Resources are found again by kind, tenant and name. Without --publish only the draft changes.',
  options: {
    ...FILE_OPTIONS,
    'dry-run': { help: 'tell what would change, and change nothing' },
    publish: { help: 'publish the draft afterwards, other drafted changes included' },
    ...PUBLISH_OPTIONS,
    ...GUARD_OPTIONS,
    ...WAIT_OPTIONS
  },
  examples: ['gateway apply -f gateway.yaml --publish --wait --note "shop to v2"', 'gateway apply -f gateway.yaml --replace --dry-run'],
  async run({ api, out, options, readInput }) {
    if (options.file === undefined) throw usage('"gateway apply" needs a file: -f FILE')
    if (options['dry-run'] && options.publish) throw usage('--dry-run changes nothing, so there is nothing to --publish; leave one of them out')
    if (options.wait && !options.publish) throw usage('--wait waits for a publish; give --publish too')
    const text = await readFile(options.file, readInput)
    const imported = await bringFile(api, out, { text, format: 'auto', mode: options.replace ? 'replace' : 'merge', dryRun: options['dry-run'] })
    if (out.isJson && !options.publish) out.json(imported)
    if (!out.isJson) tellImported(out, imported)
    if (!options.publish) return EXIT.done
    return tellPublished(api, out, await publishDraft(api, out, { ...options, guards: guardsOf(options) }), options)
  }
})
