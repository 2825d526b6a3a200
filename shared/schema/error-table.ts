/**
 * Every error code the REST API answers with: its status and what it means in general.
 * docs/API.md is generated from this table.
 */
export const ERRORS = {
  invalid_request: { status: 400, message: 'The request is not what this endpoint takes; see issues.' },
  invalid_json: { status: 400, message: 'The body is not JSON.' },
  unauthenticated: { status: 401, message: 'Sign in, or send a token.' },
  wrong_credentials: { status: 401, message: 'The email or password is wrong.' },
  forbidden: { status: 403, message: 'Your role does not allow this.' },
  csrf_mismatch: { status: 403, message: 'The x-csrf-token header does not belong to this session.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'This path does not take that method.' },
  conflict: { status: 409, message: 'The request conflicts with what is stored.' },
  name_taken: { status: 409, message: 'The name is in use.' },
  still_referenced: { status: 409, message: 'Other resources refer to this one.' },
  node_key_missing: { status: 409, message: 'The node has not registered its key yet: POST /node/key.' },
  publish_in_progress: { status: 409, message: 'Another publish is running.' },
  revision_mismatch: { status: 409, message: 'Someone published in between.' },
  draft_changed: { status: 409, message: 'The draft changed since it was checked.' },
  behind_rollback: { status: 409, message: 'The draft is behind a rollback: discard it or acknowledge.' },
  schema_not_supported_by_nodes: { status: 409, message: 'Some nodes cannot read this snapshot; upgrade them first.' },
  database_behind_fleet: { status: 409, message: 'Nodes serve a newer revision than this database knows.' },
  version_mismatch: { status: 412, message: 'The resource changed since you read it.' },
  body_too_large: { status: 413, message: 'The body is too large.' },
  unsupported_media_type: { status: 415, message: 'Send application/json.' },
  config_invalid: { status: 422, message: 'The configuration has errors; see issues.' },
  precondition_required: { status: 428, message: 'Send If-Match with the version you read.' },
  too_many_attempts: { status: 429, message: 'Too many attempts; wait and try again.' },
  internal_error: { status: 500, message: 'Something went wrong on our side.' },
  database_unavailable: { status: 503, message: 'The database cannot be reached.' },
  secrets_key_missing: { status: 503, message: 'SECRETS_KEY is not set on the control plane, so no private key can be stored or read.' },
  redis_unavailable: { status: 503, message: 'Redis cannot be reached, and this cannot be done without it.' },
  not_ready: { status: 503, message: 'Not ready yet.' }
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof ERRORS
