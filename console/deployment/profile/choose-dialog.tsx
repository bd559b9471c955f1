import type { Reply } from '@suture/contract/client.ts'
import {
  chooseProfile,
  getPlanDefaults,
  inEveryProfile,
  type ProfileName,
  partsOf,
  profiles,
} from '@suture/contract/profiles.ts'
import { Dialog } from '../../design/dialog.tsx'
import { DialogEnd } from '../../design/dialog-end.tsx'
import { ask, queries } from '../../shell/ask.ts'
import { useAct } from '../../shell/use-act.ts'
import { Current } from './current.tsx'

interface Given {
  readonly profile: ProfileName
  readonly onClose: () => void
}

/** What a profile would set, beside what is set at this moment; then it may be chosen. */
export const ChooseDialog = ({ profile, onClose }: Given) => (
  <Dialog title={profiles[profile].name} onClose={onClose}>
    <Current>{(now, ifMatch) => <Compared {...{ profile, now, ifMatch, onClose }} />}</Current>
  </Dialog>
)

interface ComparedGiven extends Given {
  readonly now: Reply<typeof getPlanDefaults>
  readonly ifMatch: string
}

function Compared({ profile, now, ifMatch, onClose }: ComparedGiven) {
  const { isBusy, trouble, act } = useAct()
  const { name, says, sets } = profiles[profile]
  const before = partsOf(now)
  const choose = () =>
    void act(async () => {
      await ask(chooseProfile, { body: { profile }, ifMatch })
      await queries.invalidateQueries({ queryKey: ['rollouts', getPlanDefaults.id] })
      onClose()
    })
  return (
    <div className="stack">
      <p className="m">{says}</p>
      <table className="compare">
        <thead>
          <tr>
            <th scope="col">A new plan begins from</th>
            <th scope="col">Now</th>
            <th scope="col">With it</th>
          </tr>
        </thead>
        <tbody>
          {partsOf(sets).map(([part, value], at) => (
            <tr key={part}>
              <th scope="row">{part}</th>
              <td>{before[at]?.[1]}</td>
              <td className="b">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="m">
        <p>
          It sets nothing else. Plans that are there stay as they are, nothing is sent to any device, and in every
          profile:
        </p>
        <ul className="points">
          {Object.values(inEveryProfile).map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </div>
      <DialogEnd verb={`Choose ${name}`} isBusy={isBusy} trouble={trouble} onDo={choose} onClose={onClose} />
    </div>
  )
}
