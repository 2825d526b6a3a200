/** One metric of the Prometheus text format. */
export interface Metric {
  name: string
  help: string
  type: 'counter' | 'gauge'
  /** A number, or one for each set of labels. */
  value: number | readonly { labels: Record<string, string>; value: number }[]
}

/** The text exposition format 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(({ name, help, type, value }) => {
    const samples = typeof value === 'number' ? [{ labels: {}, value }] : value
    const lines = samples.map((sample) => `${name}${labelText(sample.labels)} ${sample.value}\n`)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  }).join('')
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
