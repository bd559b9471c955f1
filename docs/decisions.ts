/** What is wrong with the records of decisions, one line each. */
export function wrongDecisions(records: ReadonlyMap<string, string>): readonly string[] {
  const index = records.get('README.md') ?? ''
  const numbers = new Map<string, string>()
  return [...records]
    .filter(([file]) => file !== 'README.md')
    .flatMap(([file, text]) => {
      const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]
      if (number === undefined) return [`${file}: the name must be four digits and words, as in 0001-some-words.md`]
      const taken = numbers.get(number)
      numbers.set(number, file)
      return [
        ...(taken === undefined ? [] : [`${file}: the number ${number} belongs to ${taken}`]),
        ...wrongIn(file, number, text),
        ...(index.includes(`](${file})`) ? [] : [`${file}: the index does not list it`]),
      ]
    })
}

const sections = ['Context', 'Decision', 'Measured', 'Rejected', 'Consequences']
const statuses = /^Status: (proposed|accepted|rejected|superseded by \[\d{4}\]\(\d{4}-[a-z0-9-]+\.md\))$/m

function wrongIn(file: string, number: string, text: string): readonly string[] {
  const found = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
  return [
    ...(text.startsWith(`# ${number}. `) ? [] : [`${file}: the title must begin with "${number}. "`]),
    ...(statuses.test(text) ? [] : [`${file}: no status`]),
    ...(/^Date: \d{4}-\d{2}-\d{2}$/m.test(text) ? [] : [`${file}: no date`]),
    ...(found.join() === sections.join() ? [] : [`${file}: its sections must be ${sections.join(', ')}`]),
  ]
}
