import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]*-----END \1-----/g
const BEGIN = /-----BEGIN /g
const END = /-----END /g

/**
 * The certificates of a PEM text in their order, or what is wrong with it. Words between them are passed over; a block that is
 * damaged or cut off is not.
 */
export function readChain(pem: string): X509Certificate[] | { problem: string } {
  const blocks = [...pem.matchAll(BLOCK)]
  const begins = [...pem.matchAll(BEGIN)]
  const damaged = begins.findIndex(({ index }, at) => blocks[at]?.index !== index)
  if (damaged !== -1) return { problem: `block ${damaged + 1} is damaged or cut off; give the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----` }
  if ([...pem.matchAll(END)].length > blocks.length) return { problem: 'a block has an end and no beginning; give the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----' }
  const chain: X509Certificate[] = []
  for (const [block, label] of blocks) {
    if (label !== 'CERTIFICATE') return { problem: `it holds a ${label!.toLowerCase()}; only certificates belong here` }
    try {
      chain.push(new X509Certificate(block))
    } catch {
      return { problem: `certificate ${chain.length + 1} cannot be read` }
    }
  }
  return chain.length === 0 ? { problem: 'this is no certificate in PEM form (-----BEGIN CERTIFICATE-----)' } : chain
}
