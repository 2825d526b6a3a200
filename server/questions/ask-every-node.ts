import { Op } from 'sequelize'
import type { Deps } from '../deps.ts'
import { ONLINE_MS } from '../api/nodes/present-node.ts'
import { askNodes } from './ask-nodes.ts'

type Arguments = Parameters<typeof askNodes>
type Decode<A> = (value: unknown) => { ok: true; value: A } | { ok: false }

/** What the nodes that are online answer, and the names of those that did not. @throws AppError redis_unavailable */
export async function askEveryNode<A extends { nodeId: string }>({ db, redis }: Pick<Deps, 'db' | 'redis'>, asked: Arguments[1], decode: Decode<A>): Promise<{ answers: A[]; missing: string[] }> {
  const online = await db.nodes.findAll({ where: { lastHeartbeatAt: { [Op.gt]: new Date(Date.now() - ONLINE_MS) } }, attributes: ['id'], order: [['id', 'ASC']] })
  const expected = online.map(({ id }) => id)
  const answers = await askNodes(redis, asked, decode, (some) => {
    const came = new Set(some.map(({ nodeId }) => nodeId))
    return expected.every((id) => came.has(id))
  })
  const came = new Set(answers.map(({ nodeId }) => nodeId))
  return { answers, missing: expected.filter((id) => !came.has(id)) }
}
