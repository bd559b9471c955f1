import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { DeviceSearch } from './device-filter.ts'
import { columnsOf, densityOf, keepLook, keptLook, type ListLook } from './list-look.ts'

/** How the list is looked at: as its address says, or as this person last chose on this device. */
export function useListLook({ cols, rows }: DeviceSearch): readonly [ListLook, (look: ListLook) => void] {
  const navigate = useNavigate({ from: '/devices' })
  const [kept, setKept] = useState(keptLook)
  const look = useMemo(
    () => ({ columns: columnsOf(cols) ?? kept.columns, density: densityOf(rows) ?? kept.density }),
    [cols, rows, kept],
  )
  const choose = useCallback(
    (next: ListLook) => {
      keepLook(next)
      setKept(next)
      const said = { cols: next.columns.join(''), rows: next.density }
      void navigate({ search: (before) => ({ ...before, ...said }), replace: true })
    },
    [navigate],
  )
  return [look, choose]
}
