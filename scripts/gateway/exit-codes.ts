/** What the command line ends with. */
export const EXIT = {
  done: 0,
  refused: 1,
  timeout: 2,
  withIssues: 3,
  usage: 64,
  unavailable: 69,
  internal: 70,
  notAllowed: 77
} as const

/** Its meaning, for --help and the documents. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.done]: 'done; with --wait: every node applied it',
  [EXIT.refused]: 'refused by the control plane or by a node, or a check found errors',
  [EXIT.timeout]: 'with --wait: not every node answered in time',
  [EXIT.withIssues]: 'with --wait: applied, but some nodes have issues, such as a port in use',
  [EXIT.usage]: 'the command line is wrong',
  [EXIT.unavailable]: 'the control plane (or what else was asked) cannot be reached',
  [EXIT.internal]: 'a fault of this program',
  [EXIT.notAllowed]: 'no token, a wrong one, or one whose role does not allow this'
}
