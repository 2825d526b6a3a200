import Type from 'typebox'
import { flag, integer, strictObject } from './field.ts'

const ActiveHealthCheck = strictObject(
  {
    enabled: flag('Enabled', 'Probe every target.', false),
    path: Type.String({ title: 'Path', description: 'Path and query the probe asks for.', default: '/health', pattern: '^/[\\x21-\\x7e]*$', form: 'a path that starts with / and holds visible ASCII characters', maxLength: 2048 }),
    intervalSeconds: integer({ title: 'Interval', description: 'Time between two probes of a target.', unit: 's', default: 30, minimum: 1, maximum: 86_400 }),
    timeoutSeconds: integer({ title: 'Timeout', description: 'Time for a probe to succeed.', unit: 's', default: 10, minimum: 1, maximum: 600 }),
    expectedStatuses: Type.String({ title: 'Expected statuses', description: 'Statuses that count as healthy: "200-299" or "200,204".', default: '200-299', pattern: '^\\d{3}(-\\d{3})?(,\\d{3}(-\\d{3})?)*$', form: 'a list such as 200-299 or 200,204', maxLength: 200 }),
    unhealthyAfter: integer({ title: 'Unhealthy after', description: 'Failures in a row that make a target unhealthy.', default: 2, minimum: 1, maximum: 100 }),
    healthyAfter: integer({ title: 'Healthy after', description: 'Successes in a row that make it healthy again.', default: 1, minimum: 1, maximum: 100 })
  },
  { title: 'Active', description: 'Probes made by the control plane.', default: {} }
)

export const TransportFailureRate = strictObject({
  policy: Type.Literal('TransportFailureRate', { title: 'Policy', description: 'Ejects by the share of failed attempts.' }),
  windowSeconds: integer({ title: 'Window', description: 'Time looked back.', unit: 's', default: 60, minimum: 1, maximum: 3600 }),
  minRequests: integer({ title: 'Least requests', description: 'Requests in the window before the rate counts.', default: 10, minimum: 1 }),
  rate: Type.Number({ title: 'Rate', description: 'Share of failures that ejects.', default: 0.3, minimum: 0, maximum: 1 })
})

export const ConsecutiveFailures = strictObject({
  policy: Type.Literal('ConsecutiveFailures', { title: 'Policy', description: 'Ejects after failures in a row.' }),
  failures: integer({ title: 'Failures', description: 'Failures in a row that eject.', default: 5, minimum: 1, maximum: 1000 })
})

const PassiveHealthCheck = strictObject(
  {
    enabled: flag('Enabled', 'Watch real traffic.', true),
    policy: Type.Union([TransportFailureRate, ConsecutiveFailures], {
      title: 'Policy',
      description: 'How failures eject a target.',
      default: { policy: 'TransportFailureRate', windowSeconds: 60, minRequests: 10, rate: 0.3 },
      discriminator: { propertyName: 'policy' }
    }),
    count5xx: flag('Count 5xx', 'Also count answers with a 5xx status.', false),
    reactivationSeconds: integer({ title: 'Reactivation', description: 'Time an ejected target stays out.', unit: 's', default: 60, minimum: 1, maximum: 86_400 }),
    maxEjectedPercent: integer({ title: 'Most ejected', description: 'Largest share of targets that may be out at once.', unit: '%', default: 50, maximum: 100 })
  },
  { title: 'Passive', description: 'What real traffic says about a target.', default: {} }
)

export const HealthCheck = strictObject(
  { active: ActiveHealthCheck, passive: PassiveHealthCheck },
  { title: 'Health check', description: 'How targets are found healthy or not.', default: {} }
)
export type HealthCheck = Type.Static<typeof HealthCheck>
