import type { Middleware } from 'koa'
import type { Deps } from '../deps.ts'

/** GET /healthz: the process lives. GET /readyz: it can serve, which needs Postgres; Redis away is only degraded. */
export function health(deps: Deps, isServing: () => boolean): Middleware {
  return async (context, next) => {
    if (context.path === '/healthz') {
      context.body = { status: 'ok' }
    } else if (context.path === '/readyz') {
      const database = await works(deps.db.sequelize.query('SELECT 1'))
      const redis = await works(deps.redis.ping())
      const ready = isServing() && database
      context.status = ready ? 200 : 503
      context.body = { status: !ready ? 'not ready' : redis ? 'ok' : 'degraded', database: state(database), redis: state(redis), stopping: !isServing() }
    } else {
      await next()
    }
    if (context.path === '/healthz' || context.path === '/readyz') context.set('cache-control', 'no-store')
  }
}

const PROBE_TIMEOUT_MS = 2_000

async function works(probe: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PROBE_TIMEOUT_MS, false)
  })
  const answered = probe.then(
    () => true,
    () => false
  )
  const result = await Promise.race([answered, late])
  clearTimeout(timer)
  return result
}

function state(works: boolean): string {
  return works ? 'ok' : 'unreachable'
}
