import { Button, CopyButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Clock } from '../design/clock.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Term } from '../design/term.tsx'
import { ofModel } from '../inventory/device-filter.ts'
import type { Decision, Way } from './decisions.ts'

/** What takes the focus of a row, and is pressed by a key. */
const main = { 'data-row': true, 'aria-keyshortcuts': 'a' } as const

/** One decision: its clock first, the sentence, and exactly one main action. */
export const DecisionRow = ({ decision, now }: { readonly decision: Decision; readonly now: Date }) => (
  <article className="it">
    <div className="tl">
      {decision.dueAt ? (
        <Clock dueAt={decision.dueAt} now={now} startedAt={decision.clockStart ?? undefined} large />
      ) : (
        <span className="st f">
          <Glyph name="approval" tone="human" /> waits for you
        </span>
      )}
    </div>
    <div className="said">
      <h3>{decision.sentence}</h3>
      <p className="m">{decision.detail}</p>
      {decision.way.to === 'command' && <Term commands={[decision.way.command]} />}
    </div>
    <div className="ac">
      <Action label={decision.action} way={decision.way} />
      {decision.why && (
        <Button
          variant="subtle"
          size="sm"
          leftSection={<Glyph name="why" size={14} />}
          aria-keyshortcuts="w"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/"
              search={{ why: decision.why?.vulnerability ?? '', on: decision.why?.device ?? '' }}
            />
          )}
        >
          Why
        </Button>
      )}
    </div>
  </article>
)

function Action({ label, way }: { readonly label: string; readonly way: Way }) {
  switch (way.to) {
    case 'rollout':
      return (
        <Button
          variant="default"
          size="sm"
          {...main}
          renderRoot={(props) => (
            <Link {...props} to="/rollouts/$id" params={{ id: way.id }} search={way.view ? { view: way.view } : {}} />
          )}
        >
          {label}
        </Button>
      )
    case 'strangers':
      return (
        <Button
          variant="default"
          size="sm"
          {...main}
          renderRoot={(props) => <Link {...props} to="/devices" search={{ q: 'state:quarantined' }} />}
        >
          {label}
        </Button>
      )
    case 'model':
      return (
        <Button
          variant="default"
          size="sm"
          {...main}
          renderRoot={(props) => <Link {...props} to="/devices" search={ofModel(way.manufacturer, way.model)} />}
        >
          {label}
        </Button>
      )
    case 'plan':
      return (
        <Button
          variant="default"
          size="sm"
          {...main}
          renderRoot={(props) => <Link {...props} to="/rollouts/new" search={{ release: way.release }} />}
        >
          {label}
        </Button>
      )
    case 'command':
      return (
        <CopyButton value={way.command}>
          {({ copied, copy }) => (
            <Button variant="default" size="sm" {...main} onClick={copy} title={label}>
              {copied ? 'Copied' : 'Copy the command'}
            </Button>
          )}
        </CopyButton>
      )
  }
}
