/** Redis pub/sub channels. Messages are hints: whoever gets one asks the API for the truth. */
export const CHANNELS = {
  /** control-web -> nodes: the desired revision or a certificate may have changed. Body: ConfigHint or CredentialHint. */
  config: 'gateway:config',
  /** control-jobs -> nodes: what a probe found. Body: HealthNews. */
  health: 'gateway:health',
  /** control-web -> nodes: who served a request? Body: RequestQuestion; the answer comes in a list. */
  questions: 'gateway:questions',
  /** control-web -> control-web: a node reported something. Body: NodeHint. */
  nodes: 'gateway:nodes'
} as const
