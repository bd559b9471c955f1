import { listRoles } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { useAsk } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'

/** What each role may do: a row for each permission, in the words of the contract. */
export function Roles() {
  const { roles: own } = useCaller()
  const told = useAsk(listRoles, {}, { about: 'nothing' })
  return (
    <div className="stack">
      <Panel title="What the roles are for" flush>
        <Asked of={told} what="The roles">
          {({ roles }) => (
            <dl className="meanings">
              {roles.map(({ role, meaning }) => (
                <div key={role}>
                  <dt className="b">
                    {role}
                    {own.includes(role) && <span className="f"> yours</span>}
                  </dt>
                  <dd className="m">{meaning}</dd>
                </div>
              ))}
            </dl>
          )}
        </Asked>
      </Panel>
      <Panel title="What each may do" flush>
        <Asked of={told} what="The permissions">
          {(all) => <Matrix {...all} />}
        </Asked>
      </Panel>
    </div>
  )
}

const Matrix = ({ roles, permissions }: Reply<typeof listRoles>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scr" tabIndex={0} aria-label="Permissions by role">
    <table className="matrix">
      <thead>
        <tr>
          <th scope="col">Permission</th>
          {roles.map(({ role }) => (
            <th key={role} scope="col">
              {role}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {permissions.map(({ permission, meaning }) => (
          <tr key={permission}>
            <th scope="row">
              {meaning}
              <div className="f t12 mono">{permission}</div>
            </th>
            {roles.map(({ role, permissions: held }) => (
              <td key={role}>
                {held.includes(permission) ? (
                  <span className="st">
                    <Glyph name="check" size={14} /> may
                  </span>
                ) : (
                  <span className="f">no</span>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
