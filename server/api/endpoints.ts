import type { Endpoint } from '../http/endpoint.ts'
import { auditEndpoints } from './audit/audit-endpoints.ts'
import { acmeEndpoints } from './acme/acme-endpoints.ts'
import { certificateEndpoints } from './certificates/certificate-endpoints.ts'
import { configEndpoints } from './config/config-endpoints.ts'
import { connectionEndpoints } from './connections/connection-endpoints.ts'
import { configurationFileEndpoints } from './configuration-file/configuration-file-endpoints.ts'
import { documentEndpoints } from './documents/document-endpoints.ts'
import { grantEndpoints } from './grants/grant-endpoints.ts'
import { markerEndpoints } from './markers/marker-endpoints.ts'
import { eventEndpoints } from './events/event-endpoints.ts'
import { nodeApiEndpoints } from './node-api/node-api-endpoints.ts'
import { nodeEndpoints } from './nodes/node-endpoints.ts'
import { fleetEndpoints } from './fleet/fleet-endpoints.ts'
import { policyEndpoints } from './policies/policy-endpoints.ts'
import { requestEndpoints } from './requests/request-endpoints.ts'
import { bulkEndpoints } from './resources/bulk-endpoints.ts'
import { resourceEndpoints } from './resources/resource-endpoints.ts'
import { ownSessionsEndpoints } from './session/own-sessions-endpoints.ts'
import { sessionEndpoints } from './session/session-endpoints.ts'
import { secretEndpoints } from './secrets/secret-endpoints.ts'
import { snapshotEndpoints } from './snapshots/snapshot-endpoints.ts'
import { targetEndpoints } from './targets/target-endpoints.ts'
import { upstreamHealthEndpoints } from './upstreams-health/upstream-health-endpoints.ts'
import { userEndpoints } from './users/user-endpoints.ts'
import { jobEndpoints } from './jobs/job-endpoints.ts'
import { webhookEndpoints } from './webhooks/webhook-endpoints.ts'
import { tokenEndpoints } from './tokens/token-endpoints.ts'

/** Every endpoint below /api/v1. */
export const endpoints: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...ownSessionsEndpoints,
  ...resourceEndpoints,
  ...bulkEndpoints,
  ...upstreamHealthEndpoints,
  ...policyEndpoints,
  ...targetEndpoints,
  ...eventEndpoints,
  ...configEndpoints,
  ...configurationFileEndpoints,
  ...requestEndpoints,
  ...connectionEndpoints,
  ...snapshotEndpoints,
  ...markerEndpoints,
  ...certificateEndpoints,
  ...acmeEndpoints,
  ...secretEndpoints,
  ...fleetEndpoints,
  ...nodeEndpoints,
  ...userEndpoints,
  ...tokenEndpoints,
  ...grantEndpoints,
  ...webhookEndpoints,
  ...jobEndpoints,
  ...auditEndpoints,
  ...nodeApiEndpoints,
  ...documentEndpoints(() => endpoints)
]
