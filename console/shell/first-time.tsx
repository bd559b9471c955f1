import { Button, PasswordInput, TextInput } from '@mantine/core'
import { acceptInvitation, completeSetup } from '@suture/contract/auth.ts'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ask } from './ask.ts'
import { Mark } from './mark.tsx'
import { reasonOf } from './sign-in.tsx'

const kinds = {
  setup: {
    title: 'Make the first admin',
    says: 'The server printed a one-time code when it started. It makes one admin and then stops working.',
    code: 'One-time code',
  },
  invitation: {
    title: 'Set your password',
    says: 'Whoever invited you gave you a one-time code. It works once.',
    code: 'Code of the invitation',
  },
} as const

/** A one-time code becomes an account that can sign in. */
export function FirstTime({ kind }: { readonly kind: keyof typeof kinds }) {
  const navigate = useNavigate()
  const [trouble, setTrouble] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [code, password] = [String(form.get('code')).trim(), String(form.get('password'))]
    try {
      if (kind === 'setup')
        await ask(completeSetup, {
          body: { code, password, login: String(form.get('login')), name: String(form.get('name')) },
        })
      else await ask(acceptInvitation, { body: { code, password } })
      await navigate({ to: '/sign-in' })
    } catch (error) {
      setTrouble(reasonOf(error))
    }
  }
  const { title, says, code } = kinds[kind]
  return (
    <main className="alone door">
      <Mark size={36} />
      <h1>{title}</h1>
      <p className="m">{says}</p>
      <form onSubmit={(event) => void submit(event)}>
        <TextInput name="code" label={code} autoComplete="one-time-code" required />
        {kind === 'setup' && (
          <>
            <TextInput name="login" label="Login name" autoComplete="username" required />
            <TextInput name="name" label="Your name" autoComplete="name" required />
          </>
        )}
        <PasswordInput name="password" label="Password" autoComplete="new-password" required />
        <p className="wrong" role="alert">
          {trouble}
        </p>
        <Button type="submit" fullWidth>
          {title}
        </Button>
      </form>
      <p className="m t12">
        <Link to="/sign-in">Sign in</Link>
      </p>
    </main>
  )
}
