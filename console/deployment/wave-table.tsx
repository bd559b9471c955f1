import { Status } from '../design/status.tsx'
import type { Wave } from './kinds.ts'
import { figure } from './words.ts'

const counters = ['devices', 'offered', 'verified', 'failed', 'silent', 'other'] as const
const heads = ['Devices', 'Offered', 'Verified', 'Failed', 'Silent', 'Called back']

/** What became of each revision in each wave: the cells in numbers. */
export const WaveTable = ({ waves }: { readonly waves: readonly Wave[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key
  <section className="scr" aria-label="Waves by revision" tabIndex={0}>
    <table className="compact">
      <thead>
        <tr>
          <th>Wave</th>
          <th>Model and revision</th>
          {heads.map((head) => (
            <th className="num" key={head}>
              {head}
            </th>
          ))}
          <th>Left out</th>
        </tr>
      </thead>
      {waves.map((wave) => (
        <tbody key={wave.no}>
          <tr className="total">
            <th scope="rowgroup">
              <Status kind="wave" value={wave.state} says={`${wave.no}, ${wave.state.replace('-', ' ')}`} />
            </th>
            <td>All</td>
            <Counters of={wave} />
            <td />
          </tr>
          {wave.strata.map((stratum) => (
            <tr key={`${stratum.manufacturer} ${stratum.model} ${stratum.hardwareRevision}`}>
              <td />
              <td className="nw">
                {stratum.manufacturer} {stratum.model} <span className="f">revision {stratum.hardwareRevision}</span>
              </td>
              <Counters of={stratum} />
              <td>{stratum.quarantined ? 'quarantined' : stratum.held ? 'held' : ''}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  </section>
)

const Counters = ({ of }: { readonly of: Pick<Wave, (typeof counters)[number]> }) =>
  counters.map((name) => (
    <td className={of[name] === 0 ? 'num f' : 'num'} key={name}>
      {figure(of[name])}
    </td>
  ))
