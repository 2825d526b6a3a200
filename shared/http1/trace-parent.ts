const ZEROS = /^0+$/

/**
 * Whether the value is a traceparent that may be passed on (W3C Trace Context section 3.2): version, trace id, parent id and
 * flags in lower-case hex, neither id all zeros; a version after 00 may say more behind another dash.
 */
export function isTraceParent(value: string): boolean {
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[!-~]*)?$/.exec(value)
  if (parts === null) return false
  const [, version, traceId, parentId, more] = parts
  if (version === 'ff' || (version === '00' && more !== undefined)) return false
  return !ZEROS.test(traceId!) && !ZEROS.test(parentId!)
}
