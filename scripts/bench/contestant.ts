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
  /** It is started with so many at most: one that does not look requests up among many says little with more. */
  mostRoutes: number
  start(plan: ProxyPlan): Promise<RunningProxy>
}
