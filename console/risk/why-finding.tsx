import { Drawer } from '@mantine/core'
import type { Reply } from '@suture/contract/client.ts'
import { explainMatch } from '@suture/contract/intelligence.ts'
import { becauseInWords, recognition, verdictWords } from '@suture/contract/match-words.ts'
import { explainDecision } from '@suture/contract/risk.ts'
import { type FactName, factNames, outcomeWords } from '@suture/contract/risk-words.ts'
import type { ReactNode } from 'react'
import { Asked } from '../design/asked.tsx'
import { Clock } from '../design/clock.tsx'
import { Glyph } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { Keat } from '../design/keat.tsx'
import { instant } from '../design/time.ts'
import { useReturnOfFocus } from '../design/use-return-of-focus.ts'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { keatFacts, rowOrder } from './keat-facts.ts'
import './why-finding.css'

interface Given {
  readonly device: string
  readonly vulnerability: string
  readonly onClose: () => void
}

/**
 * Why a finding is one, and why its deadline is what it is: what the engine stored when it decided. Where the device is
 * not affected, why it is none; then nothing was decided.
 */
export function WhyFinding({ device, vulnerability, onClose }: Given) {
  const params = { id: device, vulnerability }
  const match = useAsk(explainMatch, { params: { id: vulnerability }, query: { device } }, { about: 'vulnerabilities' })
  const isNone = match.data?.verdict === 'not-affected'
  const enabled = !isNone && !match.isPending
  const decision = useAsk(explainDecision, { params }, { about: 'decisions', enabled })
  useReturnOfFocus()
  const title = decision.data ? `Why ${vulnerability} on ${decision.data.device.name}?` : `Why ${vulnerability}?`
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={540}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close the explanation' }}
    >
      <ol className="rail">
        <Step glyph={isNone ? 'notaffected' : 'scan'} title={isNone ? 'It does not match' : 'It matches'}>
          <Asked of={match} what="The match">
            {(told) => <Matches told={told} />}
          </Asked>
        </Step>
        {!isNone && (
          <Asked of={decision} what="The decision">
            {(told) => <Decision told={told} />}
          </Asked>
        )}
      </ol>
    </Drawer>
  )
}

const Step = ({ glyph, title, children }: { glyph: GlyphName; title: ReactNode; children: ReactNode }) => (
  <li>
    <Glyph name={glyph} />
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  </li>
)

function Matches({ told }: { readonly told: Reply<typeof explainMatch> }) {
  const { judged, others, unrecognised } = told
  return (
    <>
      {judged.length === 0 && (
        <p className="m">Nothing that it runs is a product that {told.vulnerability} is about.</p>
      )}
      {judged.map(({ component, product, identity, verdict, because, source, document }) => (
        <p key={`${component.supplier} ${component.name} ${component.version}`} className="m">
          {component.supplier} {component.name} {component.version} was recognised {recognition[identity]} as{' '}
          {product.vendor} {product.name}: <b>{verdictWords[verdict]}</b>, because {component.version}{' '}
          {becauseInWords(because)}. Said by {source ?? 'the record'}, in {document.name}.
        </p>
      ))}
      <p className="f t12">
        {others.recognised} other components are of other products; {others.unrecognised} were not recognised
        {unrecognised.length > 0 &&
          `, such as ${namesOf(unrecognised)}: if one of them is the product, nothing is said of it`}
        .
      </p>
    </>
  )
}

const namesOf = (components: Reply<typeof explainMatch>['unrecognised']): string =>
  components
    .slice(0, 8)
    .map(({ name, version }) => `${name} ${version}`)
    .join(', ')

function Decision({ told }: { readonly told: Reply<typeof explainDecision> }) {
  const now = useNow()
  const others = told.otherwise.filter(({ outcome }) => outcome !== told.outcome)
  const counted = (name: FactName) => told.facts[name].counted
  const facts = keatFacts({
    publiclyExposed: counted('publiclyExposed'),
    inKev: counted('inKev'),
    automatable: counted('automatable'),
    technicalImpact: counted('technicalImpact'),
  })
  return (
    <>
      <Step glyph="info" title="Facts that decide">
        <table>
          <tbody>
            {rowOrder.map((name) => (
              <FactRow key={name} name={name} fact={told.facts[name]} />
            ))}
          </tbody>
        </table>
      </Step>
      <Step
        glyph="why"
        title={
          <>
            Row {told.row} <Keat facts={facts} />
          </>
        }
      >
        <p className="m">
          Fix it {outcomeWords[told.outcome]}, by {told.table}.
          {told.insufficient.length > 0 &&
            ` Insufficient evidence for ${told.insufficient.map((name) => factNames[name as FactName].toLowerCase()).join(', ')}: the worse value counts.`}
        </p>
      </Step>
      <Step
        glyph="cal"
        title={told.dueAt ? <Clock dueAt={told.dueAt} now={now} startedAt={told.clockStart} /> : 'No deadline'}
      >
        <p className="m">
          {told.dueAt && `Due ${instant(told.dueAt)}. `}The clock began {instant(told.clockStart)}, by the policy{' '}
          {told.policy}.{told.before && ` Before that it was: ${outcomeWords[told.before.outcome]}.`}
        </p>
      </Step>
      {others.length > 0 && (
        <Step glyph="planned" title="What would change the answer">
          <ul>
            {others.map(({ fact, value, outcome }) => (
              <li key={`${fact} ${value}`} className="m">
                If “{factNames[fact as FactName].toLowerCase()}” were {value}: {outcomeWords[outcome]}
              </li>
            ))}
          </ul>
        </Step>
      )}
    </>
  )
}

type Fact = Reply<typeof explainDecision>['facts'][FactName]

const FactRow = ({ name, fact }: { readonly name: FactName; readonly fact: Fact }) => (
  <tr>
    <th scope="row">{factNames[name]}</th>
    <td>{fact.value ?? <span className="c-soon">not known, {fact.counted} counts</span>}</td>
    <td className="f">
      {fact.source ?? 'nobody said'}
      {fact.at !== null && `, ${fact.at.slice(0, 10)}`}
    </td>
  </tr>
)
