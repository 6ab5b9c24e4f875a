import { Switch, Table } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { problemIn } from '../ui/problem.tsx'
import { TableBox } from '../ui/table-box.tsx'
import { exactTime } from '../ui/time.tsx'
import { toast } from '../ui/toast.tsx'
import uiNames from '../ui/ui.module.css'
import { channelWords } from '../workspace/lists.ts'
import names from './live.module.css'
import { type LiveNow, type LiveSkill, liveKey, type Stop } from './shapes.ts'

type Place = Pick<Stop, 'skillId' | 'channel'>

const columns = [null, 'sms', 'wa', 'inapp'] as const

/** A switch for everything, for each channel, for each skill, and for each channel of a skill. The wider one binds the narrower. */
export function StopSwitches({
  skills,
  stops,
  mayStop,
}: {
  skills: readonly LiveSkill[]
  stops: readonly Stop[]
  mayStop: boolean
}) {
  const change = useMutation({
    mutationFn: (given: Place & { stopped: boolean }) => api('PUT /api/workspace/stops', { body: given }),
    onSuccess: (answer) =>
      queryClient.setQueryData<LiveNow>(liveKey, (before) => before && { ...before, stops: answer.stops }),
    onError: (error) => toast({ text: `Nothing was changed: ${problemIn(error).sentence}`, kind: 'error' }),
  })
  const set = async (place: Place, stopped: boolean) => {
    await change.mutateAsync({ ...place, stopped })
    toast({
      text: stopped ? `Stopped: ${wordsOf(place, skills)}.` : `Goes on: ${wordsOf(place, skills)}.`,
      action: { label: 'Undo', run: () => change.mutate({ ...place, stopped: !stopped }) },
    })
  }
  const rows = [{ skillId: null, name: 'All skills' }, ...[...skills].sort((a, b) => a.name.localeCompare(b.name))]
  return (
    <TableBox label="Stop switches">
      <Table className={uiNames.table!}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Skill</Table.Th>
            {columns.map((channel) => (
              <Table.Th key={channel}>{channel === null ? 'All channels' : channelWords[channel]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ skillId, name }) => (
            <Table.Tr key={skillId}>
              <Table.Th scope="row" className={names.rowHead}>
                {name}
              </Table.Th>
              {columns.map((channel) => {
                const place = { skillId, channel }
                const own = stops.find((one) => one.skillId === skillId && one.channel === channel)
                const wider = stops.find((one) => one !== own && covers(one, place))
                const stopped = own !== undefined || wider !== undefined
                return (
                  <Table.Td key={channel}>
                    <Switch
                      size="sm"
                      aria-label={wordsOf(place, skills)}
                      checked={!stopped}
                      disabled={!mayStop || (own === undefined && wider !== undefined) || change.isPending}
                      label={stopped ? 'stopped' : 'on'}
                      title={own === undefined ? undefined : toldOf(own)}
                      onChange={(event) => void set(place, !event.currentTarget.checked).catch(() => {})}
                    />
                    {own !== undefined && <div className={names.small}>by {own.stoppedByName ?? own.stoppedBy}</div>}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableBox>
  )
}

const toldOf = ({ stoppedByName, stoppedBy, stoppedAt }: Stop) =>
  `Stopped by ${stoppedByName ?? stoppedBy}, ${exactTime(stoppedAt)}`

/** Whether a stop binds this place because it is wider. */
const covers = (stop: Place, place: Place) =>
  (stop.skillId === null || stop.skillId === place.skillId) && (stop.channel === null || stop.channel === place.channel)

function wordsOf({ skillId, channel }: Place, skills: readonly LiveSkill[]): string {
  const skill = skillId === null ? 'all skills' : (skills.find((one) => one.skillId === skillId)?.name ?? 'a skill')
  return `${channel === null ? 'all channels' : channelWords[channel]} for ${skill}`
}
