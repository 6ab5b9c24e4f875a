import { Button, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { type Column, DataTable, sortRows } from '../../ui/data-table.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { formatPhone } from '../../ui/format-phone.ts'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { channelLabels } from '../channel-words.tsx'
import { RemoveButton } from '../remove-button.tsx'
import { Section } from '../section.tsx'
import type { Price } from '../shapes.ts'
import { useChange, useConfig } from '../use-config.ts'
import { priceInWords } from './price-amount.ts'
import { PriceDialog } from './price-dialog.tsx'
import { useSetPrice } from './set-price.ts'

/** What messages cost where their provider does not say so. A price counts from when it is set, and is set by itself. */
export function Prices() {
  const may = useMay()
  const mayChange = may('prices.change')
  const query = useConfig('prices', { enabled: may('prices.read') })
  const senders = useConfig('senders', { enabled: may('senders.read') })
  const [adding, setAdding] = useState(false)
  const [sort, setSort] = useState('what')
  const put = useSetPrice()
  const remove = useChange(
    (accountId, { priceId }: Price) =>
      api('DELETE /api/admin/accounts/{accountId}/prices/{priceId}', { params: { accountId, priceId } }),
    ['prices'],
  )
  if (!may('prices.read')) return null
  const senderOf = (id: string) => senders.data?.senders.find(({ senderId }) => senderId === id)?.address ?? id
  const what = ({ channel, country, category, senderId }: Price) =>
    [
      channelLabels[channel],
      ...(category === null ? [] : [category]),
      ...(country === null ? [] : [`to ${country}`]),
      ...(senderId === null ? [] : [`from ${formatPhone(senderOf(senderId))}`]),
    ].join(' ')
  const discard = (price: Price) =>
    remove.mutate(price, {
      onSuccess: () => {
        const { priceId: _id, ...again } = price
        toast({
          text: `The price for ${what(price)} is gone.`,
          action: { label: 'Undo', run: () => put.mutate(again) },
        })
      },
      onError: (error) => toast({ text: error.message, kind: 'error' }),
    })
  const columns: readonly Column<Price>[] = [
    { id: 'what', label: 'Message', value: what, cell: what },
    {
      id: 'price',
      label: 'Price',
      align: 'right',
      value: ({ micros }) => micros,
      cell: (price) => `${priceInWords(price)} ${price.per === 'segment' ? 'a part' : 'a message'}`,
    },
    ...(mayChange
      ? [
          {
            id: 'remove',
            label: 'Remove',
            align: 'right' as const,
            cell: (price: Price) => (
              <RemoveButton label={`Without the price for ${what(price)}`} onClick={() => discard(price)} />
            ),
          },
        ]
      : []),
  ]
  const prices = query.data?.prices ?? []
  return (
    <Section
      title="Prices"
      about="What messages cost where their provider does not say so: Twilio does, WhatsApp only says which category. The price that names more counts. In-app messages cost nothing."
    >
      {query.error !== null && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <RowsSkeleton rows={2} height={40} />}
      {query.data !== undefined && prices.length === 0 && <Text c="dimmed">No price is set yet.</Text>}
      {prices.length > 0 && (
        <DataTable
          label="price table"
          columns={columns}
          rows={sortRows(prices, columns, sort)}
          keyOf={({ priceId }) => priceId}
          sort={sort}
          onSort={setSort}
        />
      )}
      {mayChange && (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} stroke={1.6} />}
          onClick={() => setAdding(true)}
          style={{ alignSelf: 'flex-start' }}
        >
          Set a price
        </Button>
      )}
      {adding && <PriceDialog senders={senders.data?.senders ?? []} onClose={() => setAdding(false)} />}
    </Section>
  )
}
