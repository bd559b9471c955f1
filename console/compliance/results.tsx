import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { AssuranceMark } from '../design/status.tsx'
import { DeviceLink, Outcome } from './outcome.tsx'
import type { PackResult } from './pack.ts'

const columns = ['Device', 'Model', 'Result', 'Known by', 'Version', 'Wave', 'Site'] as const

/** The result of each device, as the pack lists them; only the rows in view are drawn. */
export function Results({ results }: { readonly results: readonly PackResult[] }) {
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: results.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 32,
    overscan: 12,
  })
  const drawn = rows.getVirtualItems()
  const above = drawn[0]?.start ?? 0
  const below = rows.getTotalSize() - (drawn.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className="results" ref={scroller} tabIndex={0} aria-label="Results">
      <table aria-rowcount={results.length + 1}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} />}
          {drawn.map(({ index }) => {
            const result = results[index]
            return result && <Row key={result.device} at={index} result={result} />
          })}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
    </section>
  )
}

const Gap = ({ height }: { readonly height: number }) => (
  <tr>
    <td colSpan={columns.length} style={{ height, padding: 0, border: 0 }} />
  </tr>
)

const Row = ({ at, result }: { readonly at: number; readonly result: PackResult }) => (
  <tr aria-rowindex={at + 2}>
    <td>
      <DeviceLink id={result.device} />
    </td>
    <td className="nw">
      {result.model} {result.hardwareRevision}
    </td>
    <td>
      <Outcome state={result.state} />
    </td>
    <td>
      {result.assurance === 'none' ? (
        <span className="f">nothing heard</span>
      ) : (
        <AssuranceMark value={result.assurance} />
      )}
    </td>
    <td className="nw">
      {result.before ?? 'unknown'} → {result.after ?? 'unknown'}
    </td>
    <td className="num">{result.wave ?? ''}</td>
    <td className="nw">{result.site ?? ''}</td>
  </tr>
)
