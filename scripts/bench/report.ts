import os from 'node:os'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { markdownTable } from '../generate/schema-fields.ts'
import type { CaseReport } from './bench.ts'
import { listContestants } from './contestants.ts'

export interface RunFacts {
  runs: number
  seconds: number
  /** Of the last minute before the first run. */
  loadBefore: number
}

// With more work than this beside it, a run says little about the proxies.
const QUIET_LOAD = 0.5
const NOTES = path.join(import.meta.dirname, 'notes.md')

/** docs/BENCHMARKS.md. */
export function benchmarkDocument(reports: readonly CaseReport[], facts: RunFacts): string {
  const warning = facts.loadBefore <= QUIET_LOAD ? '' : `
**The machine was busy** (load average ${facts.loadBefore.toFixed(1)} before the run): other programs shared the CPUs, so these figures are
only a first idea. Run \`npm run bench\` on a quiet machine.
`
  return `<!-- Made by \`npm run bench\`; changes made here are lost. The last part is \`scripts/bench/notes.md\`. -->

# Benchmarks

This gateway (a data node of one thread with every preset of the product) beside other proxies, before the same origin, in
one run: each proxy has one thread, all of them are bound to CPU 0, the load and the origin to CPU 1. CPU time is that of the
whole process tree (user and system, from /proc/PID/stat). The proxies take turns: ${facts.runs} runs each, of ${facts.seconds} s where a run is a
time and in short turns where it is a load. What counts is the ratio: the absolute figures belong to the machine.
${warning}
- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${os.cpus()[0]?.model.trim() ?? '?'}, ${os.cpus().length} CPUs, Linux ${os.release()}; load average before the run ${facts.loadBefore.toFixed(1)}
- Versions: ${listContestants().map(({ name, version }) => `${name} ${version}`).join(', ')}; Node ${process.versions.node}

## Budgets

${markdownTable(['What', 'Budget', 'Measured', 'Verdict'], reports.flatMap(({ budgets }) => budgets.map(({ what, limit, measured, verdict }) => [what, limit, measured, verdict])))}
${reports.map(caseChapter).join('')}
## What was tried

${readFileSync(NOTES, 'utf8').trim()}
`
}

/** One case with its table. */
export function caseChapter({ title, text, head, rows }: CaseReport): string {
  return `
## ${title}

${text}

${markdownTable(head, rows)}
`
}
