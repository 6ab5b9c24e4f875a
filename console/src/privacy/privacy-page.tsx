import { Button, Checkbox, Group, Radio, Stack, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { actorWords } from '../admin/actor-words.ts'
import { Section } from '../admin/section.tsx'
import { useConfig } from '../admin/use-config.ts'
import { type Answer, api } from '../api.ts'
import { useMay, useSession } from '../session.ts'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Problem } from '../ui/problem.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { noPhone } from '../ui/typed-phone.ts'
import { erasureColumns } from './erasure-columns.tsx'
import { FoundPerson } from './found-person.tsx'
import { type Named, namedBy } from './named.ts'
import { useErasures } from './use-erasures.ts'

type Found = Answer<'POST /api/admin/accounts/{accountId}/consumers/find'>

/** A consumer asks what is held of them, wants it, or wants to be forgotten. */
export function PrivacyPage() {
  const { accountId } = useSession()
  const users = useConfig('users', { enabled: useMay()('users.read') })
  const [kind, setKind] = useState<'phone' | 'consumerId'>('phone')
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const [linked, setLinked] = useState(true)
  const [shown, setShown] = useState<{ named: Named; found: Found } | null>(null)
  const erasures = useErasures()
  const find = useMutation({
    mutationFn: async (named: Named) => ({
      named,
      found: await api('POST /api/admin/accounts/{accountId}/consumers/find', { params: { accountId }, body: named }),
    }),
    onSuccess: setShown,
    onError: () => setShown(null),
  })
  const nameOf = (actor: string): string => {
    const user = users.data?.users.find(({ userId }) => `user:${userId}` === actor)
    if (user !== undefined) return user.name
    return actor === 'system' ? 'the system, after a restore' : actorWords(actor)
  }
  return (
    <PageBody>
      <PageHeader
        title="Data rights"
        purpose="What is held of one consumer: to show it to them, hand it out, or erase it."
      />
      <Section
        title="Find a person"
        about="By their number with the country code, or by your own id of them in your app. What you type stands in no address and no log."
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const named = namedBy(kind, typed, linked)
            setWrong(named === null ? (kind === 'phone' ? noPhone : 'This is no id.') : null)
            if (named === null) setShown(null)
            else find.mutate(named)
          }}
        >
          <Stack gap="md">
            <Radio.Group
              label="You have"
              value={kind}
              onChange={(next) => {
                setKind(next as typeof kind)
                setWrong(null)
              }}
            >
              <Group gap="lg" mt="xs">
                <Radio value="phone" label="their phone number" />
                <Radio value="consumerId" label="your id of them in the app" />
              </Group>
            </Radio.Group>
            <TextInput
              label={kind === 'phone' ? 'Number' : 'Consumer id'}
              {...(kind === 'phone' ? { description: 'With the country code, like +12065550100.' } : {})}
              inputMode={kind === 'phone' ? 'tel' : 'text'}
              autoComplete="off"
              required
              maxLength={255}
              value={typed}
              error={wrong}
              onChange={(event) => {
                setTyped(event.currentTarget.value)
                setWrong(null)
              }}
            />
            <Checkbox
              label="The ids and numbers that called together with it are the same person"
              checked={linked}
              onChange={(event) => setLinked(event.currentTarget.checked)}
            />
            <div>
              <Button type="submit" loading={find.isPending} leftSection={<IconSearch size={16} stroke={1.6} />}>
                Show what is held
              </Button>
            </div>
            {find.error !== null && <Problem error={find.error} title="Not found out" />}
          </Stack>
        </form>
      </Section>
      {shown !== null && (
        <Section title="What is held" about="By the same list of tables that erasing goes by.">
          <FoundPerson
            key={`${shown.named.phone} ${shown.named.consumerId} ${shown.named.linked}`}
            {...shown}
            onErased={() => setShown(null)}
          />
        </Section>
      )}
      <Section
        title="Erasures"
        about="That somebody was erased, and when, is kept; who it was is not: only a keyed hash, by which an opt-out goes on binding."
      >
        {erasures.error !== null && erasures.data === undefined && (
          <ErrorState error={erasures.error} retry={() => void erasures.refetch()} />
        )}
        {erasures.isPending && <RowsSkeleton />}
        {erasures.data?.erasures.length === 0 && (
          <EmptyState title="Nobody was erased yet">
            Each erasure leaves a line here, to show that it was done.
          </EmptyState>
        )}
        {erasures.data !== undefined && erasures.data.erasures.length > 0 && (
          <DataTable
            label="Erasures"
            columns={erasureColumns(nameOf)}
            rows={erasures.data.erasures}
            keyOf={({ erasureId }) => erasureId}
            sort="-at"
            onSort={() => {}}
          />
        )}
      </Section>
    </PageBody>
  )
}
