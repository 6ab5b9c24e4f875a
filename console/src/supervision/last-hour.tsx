import { Table } from '@mantine/core'
import { TableBox } from '../ui/table-box.tsx'
import uiNames from '../ui/ui.module.css'
import { channelWords } from '../workspace/lists.ts'
import type { LiveNow } from './shapes.ts'

const counts = ['invited', 'sent', 'delivered', 'failed', 'replied'] as const

/** What became of the calls of the last hour, by channel; calls and eligible belong to no channel. */
export function LastHour({ hour }: { hour: LiveNow['lastHour'] }) {
  return (
    <TableBox label="The last hour">
      <Table className={uiNames.table!}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Step</Table.Th>
            <Table.Th className={uiNames.right}>All</Table.Th>
            {hour.byChannel.map(({ channel }) => (
              <Table.Th key={channel} className={uiNames.right}>
                {channelWords[channel]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(['calls', 'eligible', ...counts] as const).map((name) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td className={uiNames.right}>{hour[name]}</Table.Td>
              {hour.byChannel.map((one) => (
                <Table.Td key={one.channel} className={uiNames.right}>
                  {name === 'calls' || name === 'eligible' ? '' : one[name]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableBox>
  )
}
