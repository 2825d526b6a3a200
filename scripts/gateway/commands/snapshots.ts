import type { Snapshot, SnapshotHead } from '../../../shared/schema/snapshot.ts'
import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readRevision, readWholeNumber } from '../read-number.ts'
import { type Rollout, WAIT_OPTIONS, waitForRollout } from '../wait-for-rollout.ts'

const REVISION = { name: 'REVISION', help: 'see "gateway snapshots list"' }

export const snapshotCommands: readonly Command[] = [
  command({
    name: 'snapshots list',
    summary: 'The revisions, newest first',
    options: { limit: { value: 'COUNT', help: 'at most so many (20)' } },
    examples: ['gateway snapshots list --limit 5'],
    async run({ api, out, options }) {
      const heads = await api.all<SnapshotHead & { pin: unknown; contentOf: number | null }>('/snapshots', {}, readWholeNumber('--limit', options.limit ?? '20', 1, 100_000))
      if (out.isJson) out.json(heads)
      else out.table(['revision', 'at', 'by', 'note', 'content of', 'pinned', 'sha256'], heads.map(({ revision, createdAt, createdBy, note, contentOf, pin, sha256 }) => [revision, createdAt, createdBy, note, contentOf, pin === null ? null : 'yes', sha256.slice(0, 12)]))
      return EXIT.done
    }
  }),
  command({
    name: 'snapshots show',
    summary: 'One revision with what is in it',
    args: [REVISION],
    examples: ['gateway snapshots show 41 --json | jq .content.routes'],
    async run({ api, out, args }) {
      const snapshot = await api.get<Snapshot & { contentOf: number | null }>(`/snapshots/${readRevision(args[0] ?? '')}`)
      if (out.isJson) {
        out.json(snapshot)
        return EXIT.done
      }
      const { content, revision, createdAt, createdBy, note, contentOf, sha256 } = snapshot
      out.table(['revision', 'at', 'by', 'note', 'content of', 'sha256'], [[revision, createdAt, createdBy, note, contentOf, sha256]])
      out.line('')
      out.table(['kind', 'name', 'id'], Object.entries(content).flatMap(([kind, resources]) => (resources as { name: string; id: string }[]).map(({ name, id }) => [kind, name, id])))
      return EXIT.done
    }
  }),
  command({
    name: 'snapshots pin',
    summary: 'Keep a revision for ever, and what it names',
    args: [REVISION],
    options: { note: { value: 'TEXT', help: 'why it is kept' }, remove: { help: 'let it go the way of the others' } },
    examples: ['gateway snapshots pin 41 --note "before the sale"'],
    async run({ api, out, args, options }) {
      const revision = readRevision(args[0] ?? '')
      const path = `/snapshots/${revision}/pin`
      const item = options.remove ? await api.send<null>('DELETE', path) : await api.send<SnapshotHead>('POST', path, { note: options.note ?? '' })
      if (out.isJson) out.json(item ?? { revision, pin: null })
      else out.line(`revision ${revision} is ${options.remove ? 'pinned no more' : 'kept for ever'}`)
      return EXIT.done
    }
  }),
  command({
    name: 'snapshots restore',
    summary: 'Set one resource of the draft to what it was in a revision',
    args: [REVISION, { name: 'KIND', help: 'such as routes' }, { name: 'ID', help: 'its id; see "gateway snapshots show"' }],
    options: { version: { value: 'NUMBER', help: 'the version of it that you saw in the draft (0: it is not there)' } },
    examples: ['gateway snapshots restore 41 routes 0198a6c4-3f5e-7d70-8c55-6f0e9f1f6d11 --version 3'],
    async run({ api, out, args, options }) {
      const version = readWholeNumber('--version', options.version ?? '0', 0, 999_999_999)
      const { outcome, resource } = await api.send<{ outcome: string; resource: { name: string } }>('POST', `/snapshots/${readRevision(args[0] ?? '')}/restore`, { kind: args[1], id: args[2], version })
      if (out.isJson) out.json({ outcome, resource })
      else out.line(`${resource.name} was ${outcome} in the draft`)
      return EXIT.done
    }
  }),
  command({
    name: 'snapshots rollout',
    summary: 'What each node did with a revision',
    args: [REVISION],
    options: WAIT_OPTIONS,
    examples: ['gateway snapshots rollout 42 --wait --timeout 30'],
    async run({ api, out, args, options }) {
      const revision = readRevision(args[0] ?? '')
      const { exitCode, rollout } = options.wait
        ? await waitForRollout(api, out, revision, options.timeout)
        : { exitCode: EXIT.done, rollout: await api.get<Rollout>(`/snapshots/${revision}/rollout`) }
      if (out.isJson) out.json(rollout)
      else out.table(['node', 'state', 'threads', 'at', 'issues'], rollout.nodes.map(({ nodeId, state, threads = [], at, issues = [] }) => [nodeId, state, threads.length, at, issues.map(({ code }) => code).join(' ')]))
      return exitCode
    }
  })
]
