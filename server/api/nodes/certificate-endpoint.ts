import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { ServedCertificates, ServedCertificatesAnswer } from '../../../shared/schema/served-certificate.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { askNodes } from '../../questions/ask-nodes.ts'

const decode = compileDecoder(ServedCertificatesAnswer)

export const certificateEndpoint: Endpoint = endpoint({
  method: 'GET',
  path: '/nodes/:id/certificate',
  permission: 'viewer',
  tag: 'nodes',
  summary: 'The certificate that a node shows a client which asks for a name, as its threads answer now',
  query: strictObject({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 253, description: 'As the client sends it (SNI). Without it: a client that sends none.' })),
    port: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,4}$', form: 'a port', description: 'Of one https port. Without it: of every one.' }))
  }),
  answers: { 200: { description: 'For each https port that the node serves; all threads agree, unless more than one is listed for a port.', schema: strictObject({ nodeId: Type.String(), items: ServedCertificates }) } },
  async handle({ deps, params, query }) {
    const nodeId = params['id'] ?? ''
    if ((await deps.db.nodes.count({ where: { id: nodeId } })) === 0) throw new AppError('not_found', { message: `There is no node ${nodeId}.` })
    const asked = { kind: 'certificate' as const, of: nodeId, name: query.name ?? '', ...(query.port === undefined ? {} : { port: Number(query.port) }) }
    const [answer] = await askNodes(deps.redis, asked, decode, (answers) => answers.length > 0)
    if (answer === undefined) throw new AppError('node_silent', { message: `The node ${nodeId} did not answer within 2 s. Is it running, and does it have REDIS_URL?` })
    return { status: 200, body: { nodeId, items: answer.served } }
  }
})
