import Type from 'typebox'
import { Explanation, ExplainRequest } from '../../../shared/schema/explain.ts'
import { strictObject } from '../../../shared/schema/field.ts'
import { explainRequest } from '../../../shared/explain/explain-request.ts'
import { compileRoutes } from '../../../shared/routing/compile-routes.ts'
import { hasErrors } from '../../../shared/schema/issue.ts'
import { validateContent } from '../../../shared/snapshot/validate.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { currentOverrides, overrideOf } from '../../operation/operational-state.ts'
import { contentAt } from './content-at.ts'
import { scopedIssues } from '../../tenancy/scoped-issues.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleExplanation } from '../../tenancy/visible-explanation.ts'

const of = Type.String({ pattern: '^(live|draft|[1-9]\\d{0,8})$', form: 'live, draft or a revision number', default: 'live', description: 'live, draft or a revision.' })

export const explainEndpoint: Endpoint = endpoint({
  method: 'POST',
  path: '/config/explain',
  permission: 'viewer',
  tenantScoped: true,
  tag: 'config',
  summary: 'What becomes of a request, and why; nothing is sent',
  query: strictObject({ of }),
  body: ExplainRequest,
  answers: { 200: { description: 'The candidates, the action, and the request as the origin would see it.', schema: Explanation } },
  async handle({ deps, query, body, actor }) {
    const scope = await tenantScopeOf(deps.db, actor)
    const content = await contentAt(deps.db, query.of, scope)
    // Only the draft can have errors, and what has them cannot be compiled.
    if (query.of === 'draft') {
      const issues = scope === null ? validateContent(content) : await scopedIssues(async (checked) => validateContent(checked), content, scope)
      if (hasErrors(issues)) throw new AppError('config_invalid', { issues: issues.filter(({ severity }) => severity === 'error') })
    }
    const overrides = (await currentOverrides(deps.db, new Date())).map(overrideOf)
    return { status: 200, body: visibleExplanation(explainRequest(content, compileRoutes(content), body, overrides), content, scope) }
  }
})
