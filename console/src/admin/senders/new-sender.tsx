import { Button, Group, Select } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay, useSession } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Problem } from '../../ui/problem.tsx'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import { channelLabels } from '../channel-words.tsx'
import { Section } from '../section.tsx'
import type { Connector } from '../shapes.ts'
import { useChange } from '../use-config.ts'
import { useDraft } from '../use-draft.ts'
import { connectorTitle } from './connector-title.ts'
import { type SenderDraft, SenderFields } from './sender-fields.tsx'
import { SetupText } from './setup-text.tsx'

/** What is filled in belongs to its provider: no other one gets to see its settings, and its secrets least of all. */
const blank = { title: '', address: '', settings: {} as Readonly<Record<string, SenderDraft['settings']>> }

/** A new sender: first its provider, then what that one asks for, with how it is set up there. */
export function NewSender({ connectors, onAdded }: { connectors: readonly Connector[]; onAdded?(id: string): void }) {
  const mayAdd = useMay()('senders.change')
  const { sandbox } = useSession()
  const navigate = useNavigate()
  const [name, setName] = useState<string | null>(null)
  const draft = useDraft(blank)
  const connector = connectors.find((one) => one.name === name)
  const own: SenderDraft = { ...draft.value, settings: draft.value.settings[name ?? ''] ?? {} }
  const add = useChange(
    (accountId, chosen: string) =>
      api('POST /api/admin/accounts/{accountId}/senders', {
        params: { accountId },
        body: { connector: chosen, ...own, settings: given(own.settings) },
      }),
    ['senders'],
    ({ senderId }) => onAdded?.(senderId),
  )
  const set = ({ settings, ...rest }: Partial<SenderDraft>) =>
    draft.set({
      ...rest,
      ...(settings === undefined ? {} : { settings: { ...draft.value.settings, [name ?? '']: settings } }),
    })
  if (!mayAdd) return <EmptyState title="Your role cannot add senders">An administrator can do it.</EmptyState>
  const offered = connectors.filter((one) => sandbox || !one.name.endsWith('-simulator'))
  return (
    <>
      {onAdded === undefined && (
        <PageHeader
          back={<BackLink to="/senders">Senders</BackLink>}
          title="New sender"
          purpose="Choose who carries the messages, then fill in what they gave you."
        />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (connector === undefined) return
          add.mutate(connector.name, {
            onSuccess: ({ senderId }) => {
              draft.clear()
              if (onAdded === undefined) void navigate({ to: '/senders/$senderId', params: { senderId } as never })
            },
          })
        }}
      >
        <Section title="Who carries it" about="One number can have a sender on each channel.">
          <Select
            label="Provider"
            placeholder="Choose"
            required
            data={(['sms', 'wa', 'inapp'] as const).map((channel) => ({
              group: channelLabels[channel],
              items: offered
                .filter((one) => one.channel === channel)
                .map((one) => ({ value: one.name, label: connectorTitle(one.name) })),
            }))}
            value={name}
            onChange={(next) => {
              setName(next)
              add.reset()
            }}
            allowDeselect={false}
          />
        </Section>
        {connector !== undefined && (
          <>
            <fieldset disabled={add.isPending} className={names.fieldset}>
              <legend className="visually-hidden">The new sender</legend>
              <SenderFields connector={connector} draft={own} set={set} secrets={[]} />
            </fieldset>
            {add.error !== null && <Problem error={add.error} title="Not added" />}
            <Group justify="flex-end" my="md">
              <Button type="submit" loading={add.isPending}>
                Add sender
              </Button>
            </Group>
            <SetupText connector={connector.name} />
          </>
        )}
      </form>
    </>
  )
}

/** What was left empty is not given: the connector then takes its default. */
function given(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))
}
