/** Largest request body of Kestrel (KestrelServerLimits.cs). */
export const DEFAULT_BODY_BYTES = 30_000_000
/** HttpRequest.ActivityTimeout (ForwarderRequestConfig.cs). */
export const ACTIVITY_MS = 100_000
/** SocketsHttpHandler.ConnectTimeout as YARP sets it (ForwarderHttpClientFactory.cs). */
export const CONNECT_MS = 15_000
/** Metadata of clusters that health policies read. */
export const FAILURES_THRESHOLD = 'ConsecutiveFailuresHealthPolicy.Threshold'
export const RATE_LIMIT = 'TransportFailureRateHealthPolicy.RateLimit'
export const HEALTH_METADATA = [FAILURES_THRESHOLD, RATE_LIMIT]
