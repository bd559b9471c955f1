import { Button } from '@mantine/core'
import { urlOf } from '@suture/contract/client.ts'
import { getEvidence, getEvidencePack } from '@suture/contract/compliance.ts'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Pairs, Panel } from '../design/panel.tsx'
import { AssuranceMark, Status } from '../design/status.tsx'
import { Term } from '../design/term.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { NotThere } from '../shell/not-there.tsx'
import { Page } from '../shell/page.tsx'
import { bytesOfAnswer } from './bounded.ts'
import { Outcome } from './outcome.tsx'
import { assurancesOf, countsOf, type PackView, readPack } from './pack.ts'
import { PackSheet } from './pack-sheet.tsx'
import { Proofs } from './proofs.tsx'
import { Results } from './results.tsx'
import { maxPackBytes } from './verify/limits.ts'
import { VerifyPanel } from './verify-panel.tsx'
import './evidence.css'

const route = getRouteApi('/frame/evidence/$id')
const list = { name: 'Evidence', to: '/evidence' }

/** One pack: what it says, the chain that proves it, and how to check that without us. */
export function EvidencePage() {
  const { id } = route.useParams()
  const evidence = useAsk(getEvidence, { params: { id } }, { about: 'evidence' })
  const state = evidence.data?.state
  const file = useAsk(getEvidencePack, { params: { id } }, { about: 'nothing', enabled: state === 'signed' })
  const pack = useMemo(() => (file.data ? readPack(file.data) : undefined), [file.data])
  if (evidence.data === undefined) return <NotThere of={evidence} thing="evidence" list={list} />
  const title = pack ? pack.plan.name : 'Evidence'
  return (
    <Page
      title={title}
      above={[list]}
      pills={state && <Status kind="signing" value={state} pill />}
      summary={`Packed ${instant(evidence.data.createdAt)} by ${evidence.data.createdBy}.`}
      actions={
        state === 'signed' && (
          <>
            <Button variant="default" disabled={!pack} onClick={() => print()}>
              Print
            </Button>
            <Download id={id} />
          </>
        )
      }
    >
      <Asked of={evidence} what="The evidence">
        {({ state: now, refusal, digest }) =>
          now === 'signed' ? (
            <Asked of={file} what="The pack">
              {() => pack && <Pack id={id} digest={digest} pack={pack} />}
            </Asked>
          ) : (
            <p className="call c-human">
              <Glyph name="key" />
              {now === 'refused' ? `The signer refused to sign it: ${refusal}.` : 'It waits for the signer.'}
            </p>
          )
        }
      </Asked>
    </Page>
  )
}

const pathOf = (id: string): string => urlOf(getEvidencePack, location.origin, { params: { id } }).pathname

const Download = ({ id }: { readonly id: string }) => (
  <Button component="a" href={pathOf(id)} download={`evidence-${id}.json`} leftSection={<Glyph name="dl" size={14} />}>
    Download the pack
  </Button>
)

/** The pack as the server sends it, byte for byte. */
const loadPack = async (id: string) => {
  const answer = await fetch(pathOf(id))
  if (!answer.ok) throw new Error(`The pack was refused: ${answer.status}`)
  return bytesOfAnswer(answer, 'The pack', maxPackBytes)
}

function Pack({ id, digest, pack }: { readonly id: string; readonly digest: string; readonly pack: PackView }) {
  const { statement, results, findings } = pack
  return (
    <>
      <PackSheet pack={pack} digest={digest} />
      <div className="lay no-print">
        <div className="stack">
          <div className="panel counts">
            {countsOf(pack).map(([state, count]) => (
              <div key={state}>
                <Outcome state={state} />
                <b className="t20">{count.toLocaleString('en-GB')}</b>
              </div>
            ))}
          </div>
          <Panel title="What became of each device" aside={`${results.length.toLocaleString('en-GB')} devices`} flush>
            <Results results={results} />
          </Panel>
        </div>
        <aside className="stack" aria-label="Proof">
          <Panel title="What it says">
            <Pairs
              pairs={[
                ['Outcome', statement.outcome],
                ['Ran', `${instant(new Date(statement.startedAt))} to ${instant(new Date(statement.endedAt))}`],
                ['Closed', `${findings.length.toLocaleString('en-GB')} findings (device × vulnerability)`],
                ['Known by', <Assured key="known" pack={pack} />],
                [
                  'Quarantined',
                  statement.quarantined.map((each) => `${each.model} ${each.hardwareRevision}`).join(', ') ||
                    'no revision',
                ],
              ]}
            />
          </Panel>
          <Proofs pack={pack} />
          <VerifyPanel pack={{ name: `evidence-${id}.json`, load: () => loadPack(id) }} />
          <Panel title="Verify without us">
            <p className="m">
              The second command makes the same checks without any server. Its keys are worth as much as the place that
              they came from: the first command asks this server, and the signer’s own machine has them in its home.{' '}
            </p>
            <Term
              commands={['suture signer keys --export keys.json', 'suture evidence verify FILE --keys keys.json']}
            />
          </Panel>
        </aside>
      </div>
    </>
  )
}

const Assured = ({ pack }: { readonly pack: PackView }) => (
  <>
    {[...assurancesOf(pack.results)].map(([assurance, count]) => (
      <span key={assurance} className="st">
        {count.toLocaleString('en-GB')} {assurance === 'none' ? 'not known' : <AssuranceMark value={assurance} />}
      </span>
    ))}
  </>
)
