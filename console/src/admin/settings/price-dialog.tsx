import { Group, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { formatPhone } from '../../ui/format-phone.ts'
import { toast } from '../../ui/toast.tsx'
import { channelLabels } from '../channel-words.tsx'
import type { Price, Sender } from '../shapes.ts'
import { microsOf } from './price-amount.ts'
import { useSetPrice } from './set-price.ts'

const categories = ['marketing', 'utility', 'authentication', 'service']

/** One price to set. */
export function PriceDialog({ senders, onClose }: { senders: readonly Sender[]; onClose(): void }) {
  const [draft, setDraft] = useState({
    ...{ channel: 'sms' as Price['channel'], senderId: '', country: '', category: '', per: 'segment' as Price['per'] },
    ...{ amount: '', currency: 'USD' },
  })
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }))
  const put = useSetPrice()
  const micros = microsOf(draft.amount)
  const { channel, senderId, country, category, per, currency } = draft
  const submit = () => {
    if (micros === null) return
    const price = { channel, per, micros, currency, senderId: senderId || null, country: country || null }
    put.mutate(
      { ...price, category: category || null },
      {
        onSuccess: () => {
          toast({ text: 'The price counts for what is settled from now on.' })
          onClose()
        },
      },
    )
  }
  return (
    <FormDialog
      title="Set a price"
      submit="Set the price"
      saving={put.isPending}
      disabled={micros === null || currency.length !== 3}
      error={put.error}
      refused="Not set"
      onSubmit={submit}
      onClose={onClose}
    >
      <Group grow align="flex-start">
        <Select
          label="Channel"
          data={(['sms', 'wa'] as const).map((value) => ({ value, label: channelLabels[value] }))}
          value={channel}
          onChange={(value) => {
            const per = value === 'sms' ? 'segment' : 'message'
            set({ channel: value as Price['channel'], per, category: '', senderId: '' })
          }}
          allowDeselect={false}
        />
        {channel === 'sms' ? (
          <Select
            label="For each"
            data={[
              { value: 'segment', label: 'part of a text' },
              { value: 'message', label: 'text' },
            ]}
            value={per}
            onChange={(value) => set({ per: value as Price['per'] })}
            allowDeselect={false}
          />
        ) : (
          <Select
            label="Category"
            data={[{ value: '', label: 'Any' }, ...categories]}
            value={category}
            onChange={(value) => set({ category: value ?? '' })}
            allowDeselect={false}
          />
        )}
      </Group>
      <Group grow align="flex-start">
        <TextInput
          label="Country"
          placeholder="Any; like US"
          maxLength={2}
          value={country}
          onChange={(event) => set({ country: event.currentTarget.value.toUpperCase() })}
        />
        <Select
          label="Sender"
          data={[
            { value: '', label: 'Any' },
            ...senders
              .filter((sender) => sender.channel === channel)
              .map((sender) => ({
                value: sender.senderId,
                label: `${sender.title} · ${formatPhone(sender.address)}`,
              })),
          ]}
          value={senderId}
          onChange={(value) => set({ senderId: value ?? '' })}
          allowDeselect={false}
        />
      </Group>
      <Group grow align="flex-start">
        <TextInput
          label="Price"
          required
          placeholder="0.0079"
          value={draft.amount}
          error={draft.amount !== '' && micros === null ? 'Like 0.0079: up to six digits after the point.' : null}
          onChange={(event) => set({ amount: event.currentTarget.value })}
        />
        <TextInput
          label="Currency"
          required
          maxLength={3}
          value={currency}
          onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })}
        />
      </Group>
    </FormDialog>
  )
}
