import { Button, PasswordInput, TextInput } from '@mantine/core'
import { signIn } from '@suture/contract/auth.ts'
import { ProblemError } from '@suture/contract/client.ts'
import { Link, useRouter } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { ask, queries } from './ask.ts'
import { Mark } from './mark.tsx'
import { session } from './session.ts'

/** Why something was not done, in the server’s own words; without an answer nobody can tell whether it was. */
export const reasonOf = (error: unknown): string =>
  error instanceof ProblemError
    ? error.message
    : 'No answer came, so it is not known whether it was done. Look at how things stand before you try again.'

/** The door: who you are, and where you wanted to go. */
export function SignIn({ back }: { readonly back: string }) {
  const router = useRouter()
  const [trouble, setTrouble] = useState<string>()
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    document.title = 'Sign in · Suture'
  }, [])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setAsking(true)
    try {
      const caller = await ask(signIn, {
        body: { login: String(form.get('login')), password: String(form.get('password')) },
      })
      queries.clear()
      queries.setQueryData(session.queryKey, caller)
      router.history.push(back)
    } catch (error) {
      setTrouble(reasonOf(error))
    } finally {
      setAsking(false)
    }
  }
  return (
    <main className="alone door">
      <Mark size={36} />
      <h1>Sign in to Suture</h1>
      <form onSubmit={(event) => void submit(event)}>
        <TextInput name="login" label="Login name" autoComplete="username" required data-autofocus autoFocus />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required />
        <p className="wrong" role="alert">
          {trouble}
        </p>
        <Button type="submit" loading={isAsking} fullWidth>
          Sign in
        </Button>
      </form>
      <p className="m t12">
        Nobody has signed in here yet? <Link to="/setup">Make the first admin</Link>. Were you invited?{' '}
        <Link to="/invitation">Set your password</Link>.
      </p>
    </main>
  )
}
