import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { IssueSchema } from '../../../shared/schema/issue-schema.ts'
import { DRAFTED_KINDS } from '../../../shared/schema/resource.ts'
import { importFile } from '../../configuration-file/import-file.ts'
import { writeFile } from '../../configuration-file/write-file.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contentAt } from '../config/content-at.ts'

/** Characters of a file; the body around it may be a little longer. */
const MAX_CHARACTERS = 5_000_000

const place = Type.String({ pattern: '^(live|draft|[1-9]\\d{0,8})$', form: 'live, draft or a revision number', default: 'draft', description: 'live, draft or a revision.' })
const Report = Type.Array(strictObject({ path: Type.String({ description: 'Pointer into the file.' }), kind: Type.Enum(['loss', 'change', 'note']), message: Type.String() }), { description: 'What one of the two sides cannot say.' })
const Names = strictObject(Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, Type.Array(Type.String())])))

const ImportBody = strictObject({
  text: Type.String({ maxLength: MAX_CHARACTERS, description: 'The file, as it is.' }),
  format: Type.Enum(['auto', 'json', 'yaml', 'yarp'], { default: 'auto', description: 'yarp: an appsettings.json; auto: as it looks.' }),
  mode: Type.Enum(['merge', 'replace'], { default: 'merge', description: 'merge leaves what the file does not name as it is; replace takes it out of the draft.' }),
  dryRun: Type.Boolean({ default: false, description: 'Change nothing; tell what would change.' })
})

export const configurationFileEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/config/export',
    permission: 'viewer',
    tag: 'config',
    summary: 'The configuration as a file: ours as JSON or YAML, or settings of YARP',
    query: strictObject({ of: place, format: Type.Enum(['json', 'yaml', 'yarp'], { default: 'yaml' }) }),
    answers: { 200: { description: 'The text of the file.', schema: strictObject({ text: Type.String(), report: Report }) } },
    handle: async ({ deps, query }) => ({ status: 200, body: writeFile(await contentAt(deps.db, query.of, null), query.format) })
  }),
  endpoint({
    method: 'POST',
    path: '/config/import',
    permission: 'editor',
    tag: 'config',
    summary: 'Bring a file into the draft, all of it or nothing',
    body: ImportBody,
    answers: { 200: { description: 'What changed, or would change, by name. Issues are warnings.', schema: strictObject({ dryRun: Type.Boolean(), created: Names, updated: Names, deleted: Names, unchanged: Names, report: Report, issues: Type.Array(IssueSchema) }) } },
    audits: 'config.import',
    handle: async ({ deps, actor, body, requestId }) => ({ status: 200, body: await importFile({ deps, actor, requestId }, body) })
  })
]
