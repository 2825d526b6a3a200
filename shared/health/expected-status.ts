/** Whether a status is in a list such as "200-299,404". */
export function isExpectedStatus(list: string, status: number): boolean {
  return list.split(',').some((part) => {
    const [from = '', to = from] = part.split('-')
    return status >= Number(from) && status <= Number(to)
  })
}
