import { NativeSelect } from '@mantine/core'
import { deviceFields } from '@suture/contract/device-fields.ts'
import { useCaller } from '../shell/session.ts'
import { type GroupField, groupFields } from './device-filter.ts'

interface Given {
  readonly by: GroupField | undefined
  readonly onBy: (by: GroupField | undefined) => void
}

/** How a field is called where devices are grouped by it: `Its model` is the model. */
export const groupName = (field: GroupField): string => deviceFields[field].means.replace(/^(Its|How its) /, '')

/** By what the devices are grouped, of what whoever looks may see. */
export function GroupMenu({ by, onBy }: Given) {
  const { permissions } = useCaller()
  const may = groupFields.filter((field) => {
    const { may } = deviceFields[field] as { readonly may?: (typeof permissions)[number] }
    return may === undefined || permissions.includes(may)
  })
  return (
    <NativeSelect
      size="xs"
      w={150}
      aria-label="Group by"
      value={by ?? ''}
      data={[
        { value: '', label: 'Not grouped' },
        ...may.map((field) => ({ value: field, label: `By ${groupName(field)}` })),
      ]}
      onChange={({ currentTarget }) => onBy(may.find((field) => field === currentTarget.value))}
    />
  )
}
