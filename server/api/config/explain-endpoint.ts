import Type from 'typebox'
import { Explanation, ExplainRequest } from '../../../shared/schema/explain.ts'
import { strictObject } from '../../../shared/schema/field.ts'
import { explainRequest } from '../../../shared/explain/explain-request.ts'
import { compileRoutes } from '../../../shared/routing/compile-routes.ts'
import { hasErrors } from '../../../shared/schema/issue.ts'
import { validateContent } from '../../../shared/snapshot/validate.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contentAt } from './content-at.ts'

const of = Type.String({ pattern: '^(live|draft|[1-9]\\d{0,8})$', form: 'live, draft or a revision number', default: 'live', description: 'live, draft or a revision.' })

export const explainEndpoint: Endpoint = endpoint({
  method: 'POST',
  path: '/config/explain',
  permission: 'viewer',
  tag: 'config',
  summary: 'What becomes of a request, and why; nothing is sent',
  query: strictObject({ of }),
  body: ExplainRequest,
  answers: { 200: { description: 'The candidates, the action, and the request as the origin would see it.', schema: Explanation } },
  async handle({ deps, query, body }) {
    const content = await contentAt(deps.db, query.of)
    // Only the draft can have errors, and what has them cannot be compiled.
    if (query.of === 'draft') {
      const issues = validateContent(content).filter(({ severity }) => severity === 'error')
      if (hasErrors(issues)) throw new AppError('config_invalid', { issues })
    }
    return { status: 200, body: explainRequest(content, compileRoutes(content), body) }
  }
})
