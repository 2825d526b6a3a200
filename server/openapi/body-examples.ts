const ID = '01890a5d-ac96-774b-bcce-b302099a8057'
const PEM = '-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n'

/** Bodies that say more than one made from the schema would; each can be sent as it is. By method and path. */
export const BODY_EXAMPLES: Readonly<Record<string, unknown>> = {
  'POST /session': { email: 'ann@example.org', password: 'correct horse battery staple' },
  'POST /listeners': { name: 'web', protocol: 'http', port: 8080 },
  'PATCH /listeners/:id': { port: 8081, description: null },
  'POST /upstreams': { name: 'orders', targets: [{ id: 'a', address: 'http://10.0.1.1:8080' }, { id: 'b', address: 'http://10.0.1.2:8080' }], healthCheck: { active: { enabled: true, path: '/health' } } },
  'PATCH /upstreams/:id': { targets: [{ id: 'a', address: 'http://10.0.1.3:8080' }] },
  'POST /routes': { name: 'orders', tenantCode: 'acme', listenerIds: [ID], upstreamId: ID, match: { hosts: ['shop.example'], path: { type: 'prefix', value: '/orders' } } },
  'PATCH /routes/:id': { enabled: false },
  'POST /tls-policies': { name: 'modern', minVersion: 'TLSv1.3' },
  'POST /providers': { name: 'login', issuer: 'https://login.example/', audiences: ['gateway'], algorithms: ['RS256'], jwksUrl: 'https://login.example/.well-known/jwks.json' },
  'POST /policies': { name: 'office', authorization: { jwt: { provider: 'login' }, ipAllow: ['10.0.0.0/8'] } },
  'POST /config/publish': { expectedRevision: 7, expectedDraftHash: 'a3f1'.repeat(16), note: 'Orders go to the new upstream' },
  'POST /config/rollback': { revision: 6, note: 'Orders fail' },
  'POST /config/explain': { method: 'GET', url: 'https://shop.example/orders/7' },
  'POST /config/import': { text: 'routes: []\n', format: 'yaml', mode: 'merge', dryRun: true },
  'POST /certificates': { name: 'shop', certificatePem: PEM, privateKeyPem: '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n' },
  'POST /self-signed-certificates': { name: 'dev', domains: ['dev.example', '*.dev.example'] },
  'POST /secrets': { name: 'orders-key', value: 'shown-nowhere-again' },
  'POST /nodes': { id: 'node-1', labels: { zone: 'a' } },
  'POST /tokens': { name: 'deploy', role: 'publisher', expiresAt: '2027-01-31T12:00:00.000Z' },
  'POST /webhooks': { name: 'chat', url: 'https://hooks.example.com/gateway', events: ['publish', 'refusal', 'node_gone'] }
}
