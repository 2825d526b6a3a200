import { bringFile, tellImported } from '../bring-file.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readFile } from '../read-file.ts'

export const importYarp = command({
  name: 'import yarp',
  summary: 'Bring the routes and clusters of YARP into the draft',
  details: 'Tells what was read in another way than it was written, or not at all (docs/YARP.md).',
  args: [{ name: 'FILE', help: 'appsettings.json; "-" is standard input' }],
  options: { replace: { help: 'take out of the draft what the file does not name' }, 'dry-run': { help: 'tell what would change, and change nothing' } },
  examples: ['gateway import yarp appsettings.json --dry-run'],
  async run({ api, out, args, options, readInput }) {
    const text = await readFile(args[0] ?? '', readInput)
    const imported = await bringFile(api, out, { text, format: 'yarp', mode: options.replace ? 'replace' : 'merge', dryRun: options['dry-run'] })
    if (out.isJson) out.json(imported)
    else tellImported(out, imported)
    return EXIT.done
  }
})
