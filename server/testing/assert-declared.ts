import assert from 'node:assert/strict'
import Value from 'typebox/value'
import { ERRORS, type ErrorCode } from '../../shared/schema/error-table.ts'
import { IssueSchema } from '../../shared/schema/issue-schema.ts'
import { endpoints } from '../api/endpoints.ts'
import { pathPattern } from '../http/endpoint-path.ts'
import type { ApiAnswer } from './api-client.ts'

const declared = endpoints.map((endpoint) => ({ endpoint, pattern: new RegExp(`^${pathPattern(endpoint.path)}$`) }))

/** Every answer of the API is what its endpoint declares, or an error in the one shape; never a 500. */
export function assertDeclared(method: string, path: string, answer: ApiAnswer): void {
  const shown = `${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 2000)}`
  assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, shown)
  if (answer.status >= 400) return assertError(answer, shown)
  const found = declared.find(({ endpoint, pattern }) => endpoint.method === method && pattern.test(path.split('?')[0] ?? ''))
  const promise = found?.endpoint.answers[answer.status]
  assert.ok(promise, `${shown}, which is not declared`)
  if (promise.schema === undefined) return
  const [problem] = Value.Errors(promise.schema, answer.body)
  assert.equal(problem, undefined, `${shown}, which is not what is declared: ${problem?.instancePath} ${problem?.message}`)
}

function assertError(answer: ApiAnswer, shown: string): void {
  const { code, message, requestId, issues = [] } = answer.body?.error ?? {}
  assert.ok(Object.hasOwn(ERRORS, code), shown)
  assert.notEqual(code, 'internal_error', shown)
  assert.equal(ERRORS[code as ErrorCode].status, answer.status, shown)
  assert.ok(typeof message === 'string' && message !== '', shown)
  assert.equal(requestId, answer.headers.get('x-request-id'), shown)
  for (const issue of issues) {
    assert.ok(Value.Check(IssueSchema, issue), shown)
    assert.match(issue.path, /^(\/.*)?$/s, shown)
  }
}
