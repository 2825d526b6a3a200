import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { importYarp } from '../shared/yarp/import-yarp.ts'

const root = path.join(import.meta.dirname, '..')
const text = fs.readFileSync(path.join(root, 'docs/YARP.md'), 'utf8')
const fields = [...text.matchAll(/^\| `((?:Routes|Clusters)\.[^`]+)`( \(key\))? \|(.*)\|$/gm)].map(([, field = '', key, here = '']) => ({ field, isKey: key !== undefined, here }))

/** A value that a field may have. */
const SAMPLES: Record<string, unknown> = { ClusterId: 'x', Order: 1, Path: '/', Hosts: 'a.example', Methods: 'GET', Headers: [], QueryParameters: [], Timeout: '00:00:01', MaxRequestBodySize: 1, Metadata: {}, Transforms: [], SessionAffinity: {}, Cookie: {}, Active: {}, Passive: {}, DangerousAcceptAnyServerCertificate: true, MaxConnectionsPerServer: 1, SslProtocols: [], WebProxy: {}, ActivityTimeout: '00:00:01', Version: '2', AllowResponseBuffering: true, EnableMultipleHttp2Connections: true, Address: 'http://a', Health: 'http://a', LoadBalancingPolicy: 'Random', FailurePolicy: 'Redistribute', AvailableDestinationsPolicy: 'HealthyOrPanic', VersionPolicy: 'RequestVersionExact' }

/** A configuration in which nothing but this field stands. */
function documentWith(field: string): string {
  const names = field.replaceAll('*', 'x').split('.')
  const whole: Record<string, unknown> = { Routes: {}, Clusters: { x: {} } }
  names.reduce<Record<string, unknown>>((at, name, index) => (at[name] = index === names.length - 1 ? SAMPLES[name] ?? 'text' : at[name] ?? {}) as Record<string, unknown>, whole)
  return JSON.stringify(whole)
}

for (const { field, isKey, here } of fields) {
  if (isKey) continue
  test(`YARP.md is right about ${field}`, () => {
    const { report, issues } = importYarp(documentWith(field))
    const pointer = `/${field.replaceAll('*', 'x').replaceAll('.', '/')}`
    const told = [...report, ...issues.map((issue) => ({ ...issue, kind: 'issue' }))].filter((line) => line.path === pointer).map(({ kind }) => kind)
    const wanted = here.includes('refused') ? ['issue'] : here.trim().startsWith('lost') ? ['loss'] : []
    assert.deepEqual(told, wanted, JSON.stringify({ report, issues }))
  })
}

test('YARP.md has every field that the import knows', () => {
  const source = ['import-route.ts', 'import-cluster.ts', 'import-yarp.ts'].map((name) => fs.readFileSync(path.join(root, 'shared/yarp', name), 'utf8')).join('')
  const known = new Set([...source.matchAll(/\.(?:text|word|flag|number|span|seconds|milliseconds|list|section|sections|items|texts|value|lost)\('([A-Za-z0-9]+)'/g)].map(([, name = '']) => name))
  const inside = ['ReverseProxy', 'Gateway', 'Routes', 'Clusters', 'Match', 'HealthCheck', 'HttpClient', 'HttpRequest', 'Destinations', 'Name', 'Values', 'Mode', 'IsCaseSensitive', 'Enabled', 'Policy', 'Interval', 'Timeout', 'Query', 'ReactivationPeriod', 'Domain', 'HttpOnly', 'SecurePolicy', 'SameSite', 'Expiration', 'MaxAge', 'IsEssential']
  const documented = new Set(fields.map(({ field }) => field.split('.').at(-1)))
  assert.deepEqual([...known].filter((name) => !documented.has(name) && !inside.includes(name)), [])
})
