/** The first port of ranges such as "20000-20100,80"; 8080 when there is none. */
export function suggestedPort(ranges: string): number {
  const first = /\d+/.exec(ranges)?.[0]
  return first === undefined ? 8080 : Number(first)
}
