import { createApi } from './api.ts'
import type { Api } from './api.ts'
import { readNodeToken, writeNodeToken } from './kept-secrets.ts'

/** Gives the node its token: the kept one while the API takes it, else a new one. Kept in DATA_DIR/node-token. */
export async function enrollNode(api: Api, baseUrl: string, nodeId: string, dataDir: string): Promise<string> {
  const kept = readNodeToken(dataDir, nodeId)
  if (kept !== null && await isAccepted(baseUrl, kept)) return kept
  const token = await newToken(api, nodeId)
  writeNodeToken(dataDir, nodeId, token)
  return token
}

async function isAccepted(baseUrl: string, token: string): Promise<boolean> {
  const { status } = await createApi(baseUrl, token).ask('GET', '/node/config')
  return status !== 401 && status !== 403
}

async function newToken(api: Api, nodeId: string): Promise<string> {
  const created = await api.ask<{ token: string }>('POST', '/nodes', { id: nodeId })
  if (created.status === 201) return created.body.token
  if (created.status === 401) throw new Error('the control plane refuses the administrator token; set ADMIN_TOKEN to the one this database was started with')
  // The node is known from an earlier start whose token is lost or no longer taken.
  return (await api.send<{ token: string }>('POST', `/nodes/${encodeURIComponent(nodeId)}/token`)).token
}
