import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Copy } from '../design/copy.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Seam } from '../design/seam.tsx'
import { Term } from '../design/term.tsx'
import { BillButton } from '../inventory/import/import-button.tsx'
import { type Known, type StepName, stepNames, stepsOf } from './steps.ts'

interface Given {
  readonly known: Known
  /** A finding that explains itself. */
  readonly example: { readonly device: string; readonly vulnerability: string } | undefined
}

interface Step {
  readonly name: string
  /** What to do while it is the next one, with one button and one command. */
  readonly next?: { readonly says: string; readonly action: ReactNode; readonly command: string }
}

const feed = 'suture feed import FILE'

const steps: Readonly<Record<StepName, Step>> = {
  device: { name: 'A device is known' },
  facts: {
    name: 'Facts about vulnerabilities are here',
    next: {
      says: 'They are files, read on the server’s machine; Suture fetches nothing by itself. data/knowledge/devices.json of the clone is one.',
      action: <Copy text={feed} main />,
      command: feed,
    },
  },
  finding: {
    name: 'A finding explains itself',
    next: {
      says: 'No vulnerability that is known here fits what the devices are known to run. An SBOM says what their firmware is made of.',
      action: <BillButton />,
      command: 'suture bill import FILE --model MODEL --firmware VERSION',
    },
  },
  release: {
    name: 'One safe next step: the release that fixes it, as a draft',
    next: {
      says: 'A draft reaches no device. It tells how many findings it would close; then the lab tests it, and two people approve whatever is sent.',
      action: (
        <Button size="sm" renderRoot={(props) => <Link {...props} to="/releases" />}>
          Open Releases
        </Button>
      ),
      command: 'suture release create --help',
    },
  },
}

/** How far somebody has come on the first day; gone once all of it is there. */
export function FirstSteps({ known, example }: Given) {
  const stand = stepsOf(known)
  const next = stand.find(({ isDone }) => !isDone)?.name
  if (next === undefined) return null
  const done = stand.filter(({ isDone }) => isDone).length
  return (
    <section className="panel steps" aria-label="First steps">
      <Seam
        done={done}
        of={stand.length}
        stitches={stepNames.map((_, no) => no + 1)}
        label={`${done} of ${stand.length} first steps done`}
      />
      <ol>
        {stand.map(({ name, isDone }) => (
          <li key={name} aria-current={name === next ? 'step' : undefined}>
            <Glyph name={isDone ? 'pass' : 'queued'} tone={isDone ? 'closed' : 'idle'} />
            <div>
              <span className={name === next ? 'b' : ''}>{steps[name].name}</span>
              <span className="unseen">{isDone ? ', done' : ', not yet'}</span>
              {name === 'finding' && isDone && example && (
                <>
                  {' · '}
                  <Link to="/" search={{ why: example.vulnerability, on: example.device }}>
                    Why {example.vulnerability}
                  </Link>
                </>
              )}
              {name === next && <Next {...steps[name]} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}

const Next = ({ next }: Step) =>
  next && (
    <div className="next">
      <p className="m">{next.says}</p>
      <Term commands={[next.command]} />
      <div>{next.action}</div>
    </div>
  )
