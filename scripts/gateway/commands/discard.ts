import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const discard = command({
  name: 'discard',
  summary: 'Set the draft to what is live; everything that was not published is lost',
  examples: ['gateway diff && gateway discard'],
  async run({ api, out }) {
    const { changed } = await api.send<{ changed: number }>('POST', '/config/discard', {})
    if (out.isJson) out.json({ changed })
    else out.line(changed === 0 ? 'the draft is what is live already' : `the draft is what is live: ${changed} ${changed === 1 ? 'resource was' : 'resources were'} set back`)
    return EXIT.done
  }
})
