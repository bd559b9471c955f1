import { useState } from 'react'
import { refusalText } from './refusal-text.ts'
import { reasonOf } from './sign-in.tsx'

/**
 * Something that is done when somebody asks for it. The answer goes to whoever asked and is kept nowhere else: it may hold
 * a secret, which a mutation of the query client would keep for minutes.
 */
export function useAct() {
  const [isBusy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const act = async (does: () => Promise<void>) => {
    setBusy(true)
    setTrouble(undefined)
    try {
      await does()
    } catch (error) {
      setTrouble(refusalText(error, reasonOf(error)))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, trouble, act }
}
