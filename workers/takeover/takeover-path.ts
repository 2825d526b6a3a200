import path from 'node:path'

const PREFIX = 'worker-'
const SUFFIX = '.sock'
/** What fits into sun_path on every system, with its closing zero. */
const MAX_PATH_BYTES = 103

/** The Unix socket on which the worker process `pid` can be asked to make way. */
export function takeoverPath(dataDir: string, pid: number): string {
  return shortest(path.join(dataDir, `${PREFIX}${pid}${SUFFIX}`))
}

/** Whether a file of DATA_DIR is such a socket. */
export function isTakeoverFile(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(SUFFIX)
}

/** Whether sockets in this folder have a path that the system takes. */
export function fitsTakeover(dataDir: string): boolean {
  return Buffer.byteLength(takeoverPath(dataDir, 4_194_304)) <= MAX_PATH_BYTES
}

function shortest(absolute: string): string {
  const relative = path.relative(process.cwd(), absolute)
  return relative.length < absolute.length ? relative : absolute
}
