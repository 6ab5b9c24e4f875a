import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconDownload, IconEraser } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type Answer, api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { useMay, useSession } from '../session.ts'
import { confirm } from '../ui/confirm.tsx'
import { Phone } from '../ui/phone.tsx'
import { Problem } from '../ui/problem.tsx'
import { toast } from '../ui/toast.tsx'
import { downloadArchive } from './download-archive.ts'
import type { Named } from './named.ts'
import { erasuresKey } from './use-erasures.ts'

type Found = Answer<'POST /api/admin/accounts/{accountId}/consumers/find'>

const kinds: Readonly<Record<Found['addresses'][number]['kind'], string>> = {
  phone: 'phone number',
  'consumer-id': 'id in your app',
  'whatsapp-id': 'name at WhatsApp',
}

/** What is held of one person, and what may be done about it. */
export function FoundPerson({ named, found, onErased }: { named: Named; found: Found; onErased(): void }) {
  const may = useMay()
  const { accountId } = useSession()
  const archive = useMutation({ mutationFn: () => downloadArchive(accountId, named) })
  const erase = useMutation({
    mutationFn: () => api('POST /api/admin/accounts/{accountId}/erasures', { params: { accountId }, body: named }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: erasuresKey(accountId) })
      toast({ text: 'The person is being erased.' })
      onErased()
    },
  })
  const ask = async () => {
    const yes = await confirm({
      title: 'Erase this person?',
      text: 'Everything below is erased everywhere, within a minute. Open conversations are closed first. Calls stay in the reports without the person; an opt-out goes on binding. This cannot be undone.',
      yes: 'Erase for good',
      danger: true,
      typed: 'ERASE',
    })
    if (yes) erase.mutate()
  }
  const nothing = found.holds.length === 0
  return (
    <Stack gap="md">
      <ul>
        {found.addresses.map(({ address, kind, named: isNamed }) => (
          <li key={address}>
            <Phone number={address} />{' '}
            <Text span size="sm" c="dimmed">
              {kinds[kind]}
              {isNamed ? '' : ', found with it'}
            </Text>
          </li>
        ))}
      </ul>
      {nothing ? (
        <Text>Nothing is held of this person.</Text>
      ) : (
        <Table aria-label="What is held">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th ta="right">Records</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.holds.map(({ table, title, rows }) => (
              <Table.Tr key={table}>
                <Table.Td>{title}</Table.Td>
                <Table.Td ta="right">{rows}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {archive.error !== null && <Problem error={archive.error} title="No archive" />}
      {erase.error !== null && <Problem error={erase.error} title="Not erased" />}
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.6} />}
          loading={archive.isPending}
          disabled={nothing}
          onClick={() => archive.mutate()}
        >
          Export everything
        </Button>
        {may('consumers.erase') && (
          <Button
            color="red"
            leftSection={<IconEraser size={16} stroke={1.6} />}
            loading={erase.isPending}
            onClick={() => void ask()}
          >
            Erase this person
          </Button>
        )}
      </Group>
    </Stack>
  )
}
