import type { Endpoint } from '../http/endpoint.ts'
import { auditEndpoints } from './audit/audit-endpoints.ts'
import { certificateEndpoints } from './certificates/certificate-endpoints.ts'
import { configEndpoints } from './config/config-endpoints.ts'
import { configurationFileEndpoints } from './configuration-file/configuration-file-endpoints.ts'
import { documentEndpoints } from './documents/document-endpoints.ts'
import { nodeApiEndpoints } from './node-api/node-api-endpoints.ts'
import { nodeEndpoints } from './nodes/node-endpoints.ts'
import { requestEndpoints } from './requests/request-endpoints.ts'
import { resourceEndpoints } from './resources/resource-endpoints.ts'
import { sessionEndpoints } from './session/session-endpoints.ts'
import { snapshotEndpoints } from './snapshots/snapshot-endpoints.ts'
import { upstreamHealthEndpoints } from './upstreams-health/upstream-health-endpoints.ts'
import { tokenEndpoints } from './tokens/token-endpoints.ts'

/** Every endpoint below /api/v1. */
export const endpoints: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...resourceEndpoints,
  ...upstreamHealthEndpoints,
  ...configEndpoints,
  ...configurationFileEndpoints,
  ...requestEndpoints,
  ...snapshotEndpoints,
  ...certificateEndpoints,
  ...nodeEndpoints,
  ...tokenEndpoints,
  ...auditEndpoints,
  ...nodeApiEndpoints,
  ...documentEndpoints(() => endpoints)
]
