import { type CompiledCors, preflightFields, preflightOf, preflightRefusal } from '../../shared/policies/compile-cors.ts'
import { FAILURES } from '../proxy/failure.ts'
import type { WrittenAnswer } from '../proxy/gateway-answer.ts'
import type { AdmissionStep } from './admission.ts'
import { GRANTED, refused } from './outcome.ts'
import type { PolicyTag } from './runtime-policy.ts'

/** Answers preflights, before anybody is asked for credentials: browsers send none with them. */
export function preflightStep(policy: PolicyTag, cors: CompiledCors): AdmissionStep {
  return {
    policy,
    run({ method, fields }) {
      const preflight = preflightOf(method, fields)
      if (preflight === null) return GRANTED
      const reason = preflightRefusal(cors, preflight)
      const answer = emptyAnswer(preflightFields(cors, preflight.origin))
      if (reason !== null) return refused(FAILURES.forbidden, reason, '', answer)
      return policy.enforces ? { kind: 'answered', answer } : GRANTED
    }
  }
}

function emptyAnswer(fields: string): WrittenAnswer {
  return { status: 204, reason: 'No Content', fields: `Cache-Control: no-store\r\n${fields}`, framing: '', body: '' }
}
