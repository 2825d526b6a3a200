import Type from 'typebox'
import { Connection } from './connection.ts'
import { flag, integer, line, strictObject, words } from './field.ts'
import { HealthCheck } from './health-check.ts'
import { TenantCode, commonFields } from './resource.ts'
import { retryFields, retryText } from './retry.ts'
import { SessionAffinity } from './session-affinity.ts'

/** How a target is chosen among the available ones (YARP LoadBalancing/, plus WeightedRoundRobin). */
const balancers = ['PowerOfTwoChoices', 'RoundRobin', 'WeightedRoundRobin', 'LeastRequests', 'Random', 'FirstAlphabetical'] as const
const balancing = { title: 'Load balancing', description: 'How a target is chosen among the available ones.' }
export const LoadBalancing = words([...balancers], balancing)
export type LoadBalancing = Type.Static<typeof LoadBalancing>

/** One backend address. Its id is given by the user and survives import and rollback. */
export const Target = strictObject({
  id: line(200, { title: 'Id', description: 'Unique in the upstream, letter case ignored.' }),
  address: Type.String({ title: 'Address', description: 'http://host:port, https://host:port or h2c://host:port.', maxLength: 2048, format: 'target-address' }),
  host: Type.Optional(Type.String({ title: 'Host', description: "Host header sent to this target instead of the address's.", maxLength: 261, format: 'host-and-port' })),
  weight: integer({ title: 'Weight', description: 'Share of traffic against the other targets.', default: 1, minimum: 1, maximum: 1000 }),
  healthUrl: Type.Optional(Type.String({ title: 'Health URL', description: 'Base address for probes, of http, https or h2c; the address by default.', maxLength: 2048, format: 'probe-url' })),
  enabled: flag('Enabled', 'A disabled target gets no traffic.', true),
  metadata: Type.Record(line(128), Type.String({ maxLength: 1024 }), { title: 'Metadata', description: 'Free pairs, kept for import and export.', default: {}, maxProperties: 64 })
})
export type Target = Type.Static<typeof Target>

/** A named pool of targets with balancing, health and affinity. */
export const Upstream = strictObject(
  {
    ...commonFields,
    tenantCode: Type.Optional(TenantCode),
    targets: Type.Array(Target, { title: 'Targets', description: 'The backend addresses.', default: [], maxItems: 1000 }),
    loadBalancing: words([...balancers], { ...balancing, default: 'PowerOfTwoChoices' }),
    healthCheck: HealthCheck,
    availability: words(['HealthyOrPanic', 'HealthyAndUnknown'], {
      title: 'Availability',
      description: 'HealthyOrPanic uses every enabled target when none is healthy; HealthyAndUnknown answers 503 instead.',
      default: 'HealthyOrPanic'
    }),
    sessionAffinity: SessionAffinity,
    connection: Connection,
    retry: strictObject(retryFields, { ...retryText, default: {} }),
    slowStartSeconds: integer({ title: 'Slow start', description: 'Time over which a returning target gets its full share; 0 means at once.', unit: 's', default: 0, maximum: 3600 })
  },
  { title: 'Upstream', description: 'A named pool of targets.' }
)
export type Upstream = Type.Static<typeof Upstream>
