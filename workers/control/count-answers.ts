/** Answers that are alike become one, with how many threads gave it. */
export function countAnswers<T extends object>(answers: readonly T[]): (T & { threads: number })[] {
  return [...Map.groupBy(answers, (answer) => JSON.stringify(answer)).values()].map((alike) => ({ ...alike[0]!, threads: alike.length }))
}
