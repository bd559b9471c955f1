import type { ReportSection } from '@suture/contract/report-words.ts'
import { instant } from '../design/time.ts'
import { countsOf, type PackView } from './pack.ts'
import { SheetSection } from './sheet-section.tsx'
import { useSheet } from './use-sheet.ts'
import './print.css'

/** The most devices that are listed on paper; the pack itself lists them all. */
const mostListed = 1000

const states = (pack: PackView): ReportSection => ({
  title: 'What it claims',
  says: `${pack.statement.results.devices} devices, ${pack.statement.outcome}, from ${instant(new Date(pack.statement.startedAt))} to ${instant(new Date(pack.statement.endedAt))}. ${pack.findings.length} findings (device × vulnerability) closed.`,
  heads: ['Result', 'Devices'],
  numbersFrom: 1,
  rows: countsOf(pack).map(([state, count]) => [state, count.toLocaleString('en-GB')]),
  empty: 'No device has a result.',
})

const proofs = ({ statement, signedBy, approvals, release, verdict }: PackView): ReportSection => ({
  title: 'What proves it',
  says: 'This sheet shows what the pack says, and proves nothing: whoever doubts it verifies the file.',
  heads: ['Proof', 'Who', 'SHA-256'],
  rows: [
    ['Statement', `evidence key ${signedBy.join(', ')}`, `signed ${instant(new Date(statement.at))}`],
    ['Plan', `approved by ${approvals.map(({ name }) => name).join(' and ')}`, statement.plan],
    ['Release', release.name, statement.release],
    [
      'Lab verdict',
      `${verdict.verdict}, ${verdict.rigs.length} rigs, ${verdict.uncovered.length} cells uncovered`,
      statement.verdict,
    ],
  ],
  empty: '',
})

function exclusions({ results, statement }: PackView): ReportSection {
  const left = results.filter(({ state }) => state !== 'verified')
  const quarantined = statement.quarantined.map(({ model, hardwareRevision }) => `${model} ${hardwareRevision}`)
  const more = left.length > mostListed ? ` ${left.length - mostListed} more are in the pack.` : ''
  return {
    title: 'What is not verified',
    says: `Insufficient evidence or no success for ${left.length} devices. Quarantined: ${quarantined.join(', ') || 'no revision'}.${more}`,
    heads: ['Device', 'Model', 'Result', 'Known by', 'Version'],
    rows: left
      .slice(0, mostListed)
      .map(({ device, model, hardwareRevision, state, assurance, before, after }) => [
        device,
        `${model} ${hardwareRevision}`,
        state,
        assurance === 'none' ? 'nothing heard' : assurance,
        `${before ?? 'unknown'} → ${after ?? 'unknown'}`,
      ]),
    empty: 'Every device is verified.',
  }
}

/** A pack on paper: what it claims, what proves it, and what is left out. */
export function PackSheet({ pack, digest }: { readonly pack: PackView; readonly digest: string }) {
  const asOf = `as of ${instant(new Date(pack.statement.at))}`
  useSheet('A4', `Evidence · ${pack.plan.name}`, asOf, `statement ${digest} · Suture`)
  return (
    <article className="sheet only-print">
      <h2 className="title">{pack.plan.name}</h2>
      <p>Evidence of how a rollout ended, {asOf}.</p>
      {[states(pack), proofs(pack), exclusions(pack)].map((each) => (
        <SheetSection key={each.title} section={each} />
      ))}
      <div className="sig">
        <div>Prepared by, date</div>
        <div>Reviewed by, date</div>
      </div>
    </article>
  )
}
