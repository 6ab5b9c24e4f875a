import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../api.ts'
import { queryClient, sessionKey } from '../query-client.ts'
import { forgetPerson } from '../session.ts'
import { Problem } from '../ui/problem.tsx'
import iconUrl from './icon.svg'
import names from './sign-in-page.module.css'

/** Email and password; the account is asked for only by those who have a user in several: who they are, strangers do not hear. */
export function SignInPage() {
  const [given, setGiven] = useState({ email: '', password: '', accountId: '' })
  const signIn = useMutation({
    mutationFn: () =>
      api('POST /api/session', {
        body: {
          email: given.email.trim(),
          password: given.password,
          ...(given.accountId.trim() === '' ? {} : { accountId: given.accountId.trim() }),
        },
      }),
    onSuccess: () => queryClient.refetchQueries({ queryKey: sessionKey }),
  })
  const [several, setSeveral] = useState(false)
  useEffect(() => {
    document.title = 'Sign in · Connect to Messaging'
    forgetPerson()
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  const field = (name: keyof typeof given) => ({
    name,
    value: given[name],
    size: 'md' as const,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setGiven((before) => ({ ...before, [name]: value }))
    },
  })
  return (
    <main className={names.page}>
      <form onSubmit={submit} className={names.form} aria-labelledby="sign-in">
        <img src={iconUrl} alt="" width={40} height={40} />
        <div>
          <h1 id="sign-in">Sign in</h1>
          <p>Connect to Messaging</p>
        </div>
        <TextInput label="Email" type="email" autoComplete="username" required autoFocus {...field('email')} />
        <PasswordInput label="Password" autoComplete="current-password" required {...field('password')} />
        {several ? (
          <TextInput
            label="Account"
            description="The brand’s number, like 12345678."
            inputMode="numeric"
            pattern="[0-9]{1,20}"
            required
            {...field('accountId')}
          />
        ) : (
          <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setSeveral(true)}>
            I have a user in several accounts
          </Anchor>
        )}
        {signIn.error !== null && <Problem error={signIn.error} />}
        <Button type="submit" size="md" fullWidth loading={signIn.isPending || signIn.isSuccess}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
