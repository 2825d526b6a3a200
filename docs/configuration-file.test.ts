import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { planImport } from '../server/configuration-file/plan-import.ts'
import { readFile } from '../server/configuration-file/read-file.ts'
import { hasErrors } from '../shared/schema/issue.ts'
import { validateContent } from '../shared/snapshot/validate.ts'

test('the file that OPS.md shows is taken as it stands, and means what is said of it', () => {
  const section = fs.readFileSync(new URL('OPS.md', import.meta.url), 'utf8').split('## Configuration as a file')[1] ?? ''
  const read = readFile(/```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? '', 'auto')
  const { content, issues } = planImport({ listeners: [], upstreams: [], routes: [], providers: [], tlsPolicies: [], policies: [] }, read, 'replace')
  assert.deepEqual([read.issues, issues, hasErrors(validateContent(content))], [[], [], false])
  const targets = new Map(content.upstreams.map(({ id, targets: [target] }) => [id, target?.address]))
  assert.deepEqual(content.routes.map(({ name, tenantCode, upstreamId }) => [name, tenantCode ?? '', targets.get(upstreamId ?? '')]).toSorted(), [
    ['all', '', 'http://10.0.0.1:3000'],
    ['all', 'acme', 'http://10.0.0.2:3000'],
    ['shared part', 'acme', 'http://10.0.0.1:3000']
  ])
})
