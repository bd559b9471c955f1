import { type Role, roleNames, roles } from '@suture/contract/roles.ts'
import { Ticks } from './fields.tsx'

interface Given {
  readonly value: readonly Role[]
  readonly onChange: (value: readonly Role[]) => void
  readonly error: string | undefined
}

/** Which roles somebody has, each with what it is for. */
export const RolesField = ({ value, onChange, error }: Given) => (
  <>
    <Ticks
      legend="Roles"
      choices={roleNames.map((role) => ({ value: role, label: role, says: roles[role] }))}
      value={value}
      onChange={onChange}
    />
    {error !== undefined && <p className="c-danger t12">{error}</p>}
  </>
)
