/** An IP address in its shortest form (IPv6 without brackets, RFC 5952), or null. No zone ids. */
export function normalizeIp(text: string): string | null {
  if (/^\d/.test(text) && !text.includes(':')) return isIpv4(text) ? text : null
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return null
  const host = URL.parse(`http://[${text}]/`)?.hostname
  return host === undefined ? null : host.slice(1, -1)
}

/** An address range `address/bits`; a bare address is the range of itself. Null when it is neither. */
export function normalizeCidr(text: string): string | null {
  const slash = text.indexOf('/')
  const address = normalizeIp(slash === -1 ? text : text.slice(0, slash))
  if (address === null) return null
  const most = address.includes(':') ? 128 : 32
  if (slash === -1) return `${address}/${most}`
  const bits = text.slice(slash + 1)
  return /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most ? `${address}/${bits}` : null
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}
