import { command } from '../command.ts'
import { GUARD_OPTIONS, guardsOf } from '../guard-options.ts'
import { PUBLISH_OPTIONS, publishDraft, tellPublished } from '../publish-draft.ts'
import { WAIT_OPTIONS } from '../wait-for-rollout.ts'

export const publish = command({
  name: 'publish',
  summary: 'Check the draft and publish exactly what was checked',
  options: { ...PUBLISH_OPTIONS, ...GUARD_OPTIONS, ...WAIT_OPTIONS },
  examples: ['gateway publish --note "shop to v2" --wait', 'gateway publish --canary 10% --hold 600', 'gateway publish --confirm-within 300 --wait'],
  run: async ({ api, out, options }) => tellPublished(api, out, await publishDraft(api, out, { ...options, guards: guardsOf(options) }), options)
})
