import { signOut } from '@suture/contract/auth.ts'
import { useNavigate } from '@tanstack/react-router'
import { ask, queries } from './ask.ts'
import { changes } from './live.ts'

/** Signs out, forgets what was shown, and goes to the door. */
export function useLeave(): () => Promise<void> {
  const navigate = useNavigate()
  return async () => {
    await ask(signOut, {})
    changes.close()
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
}
