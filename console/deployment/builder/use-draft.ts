import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { saying } from '../../shell/address.ts'
import { type BuilderSearch, builderSearch } from '../search.ts'

const keyOf = (search: BuilderSearch): string => JSON.stringify(builderSearch({ ...search }))

/**
 * The draft as the address has it, and a way to change it. What is typed stands at once, and the address follows; when
 * the address changes by itself, as somebody follows a link, it wins.
 */
export function useDraft(search: BuilderSearch) {
  const [held, setHeld] = useState(search)
  const navigate = useNavigate()
  const [inAddress, inForm] = [keyOf(search), keyOf(held)]
  /** What the form last sent to the address, and what of that has not arrived there. */
  const sent = useRef(inForm)
  const underWay = useRef(new Set<string>())
  useEffect(() => {
    const isOurs = underWay.current.delete(inAddress) || inAddress === sent.current
    if (inAddress === sent.current) underWay.current.clear()
    if (isOurs) return
    sent.current = inAddress
    setHeld(JSON.parse(inAddress))
  }, [inAddress])
  useEffect(() => {
    if (inForm === sent.current) return
    sent.current = inForm
    underWay.current.add(inForm)
    void navigate({ to: '/rollouts/new', search: JSON.parse(inForm), replace: true, resetScroll: false })
  }, [inForm, navigate])
  const change = (part: { readonly [K in keyof BuilderSearch]: BuilderSearch[K] | undefined }) =>
    setHeld((before) => saying<BuilderSearch>({ ...before, ...part }))
  return { held, change }
}
