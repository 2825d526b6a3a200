import type { FileEntry } from '../configuration-file/configuration-file.ts'
import type { JsonValue } from './json-value.ts'
import { jsonPointer } from '../snapshot/decode-context.ts'
import { FAILURES_THRESHOLD, RATE_LIMIT } from './defaults.ts'
import { GATEWAY_PREFIX } from './gateway-metadata.ts'

/** Where YARP has what we have elsewhere; other fields only begin with a capital there. The first that fits is taken. */
const PLACES: readonly [ours: RegExp, theirs: string][] = [
  [/^\/priority$/, '/Order'],
  [/^\/upstream(Id)?$/, '/ClusterId'],
  [/^\/match\/path\/.*/, '/Match/Path'],
  [/^\/match\/methods\/.*/, '/Match/Methods'],
  [/^\/match\/query/, '/Match/QueryParameters'],
  [/^\/timeouts\/totalMs$/, '/Timeout'],
  [/^\/timeouts\/activityMs$/, '/HttpRequest/ActivityTimeout'],
  [/^\/maxRequestBodyBytes$/, '/MaxRequestBodySize'],
  [/^\/labels/, '/Metadata'],
  [/^\/loadBalancing$/, '/LoadBalancingPolicy'],
  [/^\/availability$/, '/HealthCheck/AvailableDestinationsPolicy'],
  [/^\/healthCheck\/active\/unhealthyAfter$/, `/Metadata/${FAILURES_THRESHOLD}`],
  [/^\/healthCheck\/passive\/policy\/rate$/, `/Metadata/${RATE_LIMIT}`],
  [/^\/healthCheck\/passive\/reactivationSeconds$/, '/HealthCheck/Passive/ReactivationPeriod'],
  [/^(\/healthCheck\/active|\/sessionAffinity\/cookie)\/(interval|timeout|expiration|maxAge)Seconds$/, '$1/$2'],
  [/^\/sessionAffinity\/keyName$/, '/SessionAffinity/AffinityKeyName'],
  [/^\/connection\/tls\/verify$/, '/HttpClient/DangerousAcceptAnyServerCertificate'],
  [/^\/connection\/maxPerTarget$/, '/HttpClient/MaxConnectionsPerServer'],
  [/^\/connection\/http2$/, '/HttpRequest/Version'],
  [/^(\/targets\/\d+)\/healthUrl$/, '$1/Health']
]

/**
 * The pointer into a settings file for a pointer into what was read from it: into the route or cluster at `place`, as deep as
 * the file goes, with its keys as they are spelled there.
 */
export function placeInSettings(settings: JsonValue, place: string, entry: FileEntry, pointer: string): string {
  const [, field = ''] = pointer.split('/')
  const found = PLACES.find(([ours]) => ours.test(pointer))
  const theirs = found === undefined ? pointer : pointer.replace(...found)
  const [target, ...rest] = /^\/targets\/(\d+)(.*)$/.exec(theirs)?.slice(1) ?? []
  const destination = target === undefined ? undefined : (entry['targets'] as FileEntry[] | undefined)?.[Number(target)]?.['id']
  const wanted = typeof destination === 'string' ? jsonPointer(['Destinations', destination]) + rest.join('') : theirs
  const inMetadata = walk(settings, place, `/Metadata/${GATEWAY_PREFIX}${field}`)
  return inMetadata.isWhole && field !== '' ? inMetadata.pointer : walk(settings, place, wanted).pointer
}

/** Follows the pointer below the place, letter case ignored, as far as it leads. */
function walk(settings: JsonValue, place: string, pointer: string): { pointer: string; isWhole: boolean } {
  let value: JsonValue | undefined = settings
  let found = ''
  for (const key of keysOf(place + pointer)) {
    const spelled: string | undefined = value instanceof Map ? [...value.keys()].find((one) => one.toLowerCase() === key.toLowerCase()) : Array.isArray(value) && value[Number(key)] !== undefined ? key : undefined
    if (spelled === undefined) return { pointer: found, isWhole: false }
    value = value instanceof Map ? value.get(spelled) : (value as JsonValue[])[Number(spelled)]
    found += jsonPointer([spelled])
  }
  return { pointer: found, isWhole: true }
}

/** RFC 6901. */
function keysOf(pointer: string): string[] {
  return pointer.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}
