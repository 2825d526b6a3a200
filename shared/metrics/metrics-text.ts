type Labels = Record<string, string>

/** One metric of the Prometheus text format. */
export type Metric = Numbers | Histogram

interface Numbers {
  name: string
  help: string
  type: 'counter' | 'gauge'
  /** A number, or one for each set of labels. */
  value: number | readonly { labels: Labels; value: number }[]
}

interface Histogram {
  name: string
  help: string
  type: 'histogram'
  /** Upper bounds of the buckets. */
  bounds: readonly number[]
  /** `counts` are not cumulative and one more than there are bounds. */
  samples: readonly { labels: Labels; counts: readonly number[]; sum: number }[]
}

/** The text exposition format 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map((metric) => {
    const lines = metric.type === 'histogram' ? histogramLines(metric) : numberLines(metric)
    return `# HELP ${metric.name} ${metric.help}\n# TYPE ${metric.name} ${metric.type}\n${lines.join('')}`
  }).join('')
}

function numberLines({ name, value }: Numbers): string[] {
  const samples = typeof value === 'number' ? [{ labels: {}, value }] : value
  return samples.map((sample) => `${name}${labelText(sample.labels)} ${sample.value}\n`)
}

function histogramLines({ name, bounds, samples }: Histogram): string[] {
  return samples.flatMap(({ labels, counts, sum }) => {
    let total = 0
    const buckets = counts.map((count, index) => {
      total += count
      return `${name}_bucket${labelText({ ...labels, le: index < bounds.length ? String(bounds[index]) : '+Inf' })} ${total}\n`
    })
    return [...buckets, `${name}_sum${labelText(labels)} ${sum}\n`, `${name}_count${labelText(labels)} ${total}\n`]
  })
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
