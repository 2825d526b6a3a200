import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { PortState } from '../../shared/schema/node-api.ts'

const PREFIX = '/.well-known/acme-challenge/'
const MOST_NODES = 3
const MOST_PORTS = 3
const LOOK_MS = 3_000
const LOOK_EVERY_MS = 250
const ANSWER_MS = 1_000
const MOST_BYTES = 1_024
/** Nodes that were silent for longer are not asked. */
const SILENT_SECONDS = 15

/** An http listener of a node. Its address is where heartbeats come from: a node may not send us elsewhere. */
interface Place {
  nodeId: string
  host: string
  port: number
}

/**
 * Looks for the answer to a challenge where a certificate authority would, on http listeners of live nodes. From here nodes may not
 * be reachable though the authority reaches them, so that nothing but words follows from it. @returns what was seen
 */
export async function seeChallenge(db: Database, name: string, token: string, keyAuthorization: string, lookMs = LOOK_MS): Promise<string> {
  let failures: string[] = []
  for (const end = Date.now() + lookMs; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const looks = await Promise.all((await listeningPlaces(db)).map(async (place) => ({ place, failure: await failureAt(place, name, token, keyAuthorization) })))
    const seen = looks.find(({ failure }) => failure === null)
    if (seen !== undefined) return `seen at node ${seen.place.nodeId}, port ${seen.place.port}`
    failures = looks.map(({ place: { nodeId, host, port }, failure }) => `node ${nodeId} at ${host} port ${port}: ${failure}`)
  }
  return failures.length === 0 ? 'not seen: no node that is there listens for http' : `not seen from control-jobs: ${failures.join('; ')}`
}

async function listeningPlaces(db: Database): Promise<Place[]> {
  const rows = await db.sequelize.query<{ id: string; address: string; ports: PortState[] }>(
    `SELECT id, address, heartbeat->'ports' AS ports FROM nodes
     WHERE address IS NOT NULL AND last_heartbeat_at > now() - interval '${SILENT_SECONDS} s' ORDER BY last_heartbeat_at DESC LIMIT ${MOST_NODES}`,
    { type: QueryTypes.SELECT }
  )
  return rows.flatMap(({ id, address, ports }) => {
    const open = ports.filter(({ protocol, state }) => protocol === 'http' && state === 'listening').sort((one, other) => one.port - other.port)
    return open.slice(0, MOST_PORTS).map(({ port }) => ({ nodeId: id, host: address, port }))
  })
}

/** Why the answer is not to be seen there; null when it is. */
function failureAt({ host, port }: Place, name: string, token: string, keyAuthorization: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = http.get({ host, port, path: PREFIX + token, headers: { host: name }, agent: false, signal: AbortSignal.timeout(ANSWER_MS) }, (response) => {
      let text = ''
      response.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        if (text.length <= MOST_BYTES) return
        resolve('the answer is too long')
        request.destroy()
      })
      response.on('error', (error) => resolve(error.message))
      response.on('end', () => resolve(text === keyAuthorization ? null : `another answer (status ${response.statusCode})`))
    })
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.name === 'AbortError' ? 'no answer in time' : error.code ?? error.message))
  })
}
