/** A proxy under measurement, in front of one origin. */
export interface RunningProxy {
  port: number
  /** Whose process tree is measured. */
  pid: number
  /** The process of the tree that holds the connections. */
  workerPid: number
  stop(): Promise<void>
}

export interface ProxyPlan {
  /** For its files. */
  folder: string
  originPort: number
  /** One route for each. */
  prefixes: readonly string[]
}

export interface Contestant {
  name: string
  version: string
  /** Whether it looks requests up among many routes; one that does not is measured only with a few. */
  holdsManyRoutes: boolean
  start(plan: ProxyPlan): Promise<RunningProxy>
}
