import { Button, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Problem } from '../../ui/problem.tsx'
import { useChange } from '../use-config.ts'

export function SkillStep() {
  const [name, setName] = useState('')
  const add = useChange(
    (accountId) =>
      api('POST /api/admin/accounts/{accountId}/skills', { params: { accountId }, body: { name, engaged: true } }),
    ['skills'],
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate(undefined)
      }}
    >
      <Stack gap="md" maw={480}>
        <TextInput
          label="Name"
          placeholder="support"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {add.error !== null && <Problem error={add.error} title="Not added" />}
        <Button type="submit" style={{ alignSelf: 'flex-start' }} loading={add.isPending}>
          Add skill
        </Button>
      </Stack>
    </form>
  )
}
