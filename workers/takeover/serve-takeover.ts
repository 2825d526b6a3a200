import fs from 'node:fs'
import net from 'node:net'
import type { ListenEndpoint } from '../endpoint.ts'
import type { Log } from '../log.ts'
import { readLine } from './line-socket.ts'
import { takeoverPath } from './takeover-path.ts'

/**
 * Answers a primary that was started after this process' own one was gone: on which ports this process listens, and
 * `drain` when the new one serves. Only who may write to DATA_DIR can connect.
 */
export function serveTakeover(dataDir: string, options: { endpoints(): ListenEndpoint[]; drain(): Promise<void>; log: Log }): { remove(): void } {
  const file = takeoverPath(dataDir, process.pid)
  const server = net.createServer(async (socket) => {
    const asked = await readLine(socket)
    if (asked === 'endpoints') socket.end(`${JSON.stringify(options.endpoints())}\n`)
    else if (asked === 'drain') {
      options.log.info('another primary serves; making way')
      await options.drain()
      socket.end('[]\n')
    } else socket.destroy()
  })
  server.on('error', (error) => options.log.error({ err: error }, 'a later primary cannot ask this process to make way'))
  fs.rmSync(file, { force: true })
  // Not through the cluster module, which would make the primary listen.
  server.listen({ path: file, exclusive: true })
  server.unref()
  return { remove: () => fs.rmSync(file, { force: true }) }
}
