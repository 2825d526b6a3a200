import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]*-----END \1-----/g

/** The certificates of a PEM text in their order, or what is wrong with it. */
export function readChain(pem: string): X509Certificate[] | { problem: string } {
  const chain: X509Certificate[] = []
  for (const [block, label] of pem.matchAll(BLOCK)) {
    if (label !== 'CERTIFICATE') return { problem: `it holds a ${label!.toLowerCase()}; only certificates belong here` }
    try {
      chain.push(new X509Certificate(block))
    } catch {
      return { problem: `certificate ${chain.length + 1} cannot be read` }
    }
  }
  return chain.length === 0 ? { problem: 'this is no certificate in PEM form (-----BEGIN CERTIFICATE-----)' } : chain
}
