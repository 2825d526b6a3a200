/** Redis pub/sub channels. Messages are hints: whoever gets one asks the API for the truth. */
export const CHANNELS = {
  /** control-web -> nodes: the desired revision, a certificate or the operational state may have changed. Body: ConfigHint, CredentialHint or OperationHint. */
  config: 'gateway:config',
  /** control-jobs -> nodes: what a probe found. Body: HealthNews. */
  health: 'gateway:health',
  /** control-web -> control-jobs: a name is due now. The body is of no matter. */
  acme: 'gateway:acme',
  /** control-web -> nodes: what they alone know. Body: NodeQuestion; answers come in a list. */
  questions: 'gateway:questions',
  /** control-web -> control-web: a node reported something. Body: NodeHint. */
  nodes: 'gateway:nodes',
  /** nodes -> control-web: what they counted, each second while somebody wants that. Body: NodeSample. */
  samples: 'gateway:samples',
  /** control-web and control-jobs -> control-web: what happened. Body: GatewayEvent. */
  events: 'gateway:events',
  /** control-web -> control-jobs: something is to be delivered now. The body is of no matter. */
  webhooks: 'gateway:webhooks'
} as const
