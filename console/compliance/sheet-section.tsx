import type { ReportSection } from '@suture/contract/report-words.ts'

/** A table of a sheet. */
export function SheetSection({ section }: { readonly section: ReportSection }) {
  const { title, says, heads, rows, empty, numbersFrom = heads.length } = section
  const classOf = (at: number) => (at >= numbersFrom ? 'num' : undefined)
  return (
    <section>
      <h2>{title}</h2>
      {says && <p>{says}</p>}
      {rows.length === 0 ? (
        <p>{empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th key={head} className={classOf(at)}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.join('\0')}>
                {row.map((cell, at) => (
                  <td key={heads[at]} className={classOf(at)}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
