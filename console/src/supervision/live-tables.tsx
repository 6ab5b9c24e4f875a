import { Table } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleFilled,
  IconCircleOff,
  IconCircleX,
  IconClock,
  IconMoon,
} from '@tabler/icons-react'
import { duration } from '../ui/duration.ts'
import { TableBox } from '../ui/table-box.tsx'
import { Time } from '../ui/time.tsx'
import uiNames from '../ui/ui.module.css'
import { useNow } from '../ui/use-now.ts'
import { channelWords, urgencyOf } from '../workspace/lists.ts'
import names from './live.module.css'
import type { LiveNow, LiveSkill } from './shapes.ts'

function Rows({ label, heads, children }: { label: string; heads: readonly string[]; children: React.ReactNode }) {
  return (
    <TableBox label={label}>
      <Table className={uiNames.table!}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </TableBox>
  )
}

const urgencyIcons = { fine: null, soon: IconClock, late: IconAlertTriangle }

export function SkillsTable({ skills }: { skills: readonly LiveSkill[] }) {
  const now = useNow(1_000)
  const ordered = [...skills].sort((a, b) => b.waiting - a.waiting || a.name.localeCompare(b.name))
  return (
    <Rows label="Queues" heads={['Skill', 'Waiting', 'Longest wait', 'Online', 'Away', 'Load']}>
      {ordered.map(({ skillId, name, waiting, waitingSince, online, away, load, capacity }) => {
        const urgency = urgencyOf(waitingSince, now)
        const Icon = urgencyIcons[urgency]
        return (
          <Table.Tr key={skillId}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>{waiting}</Table.Td>
            <Table.Td>
              {waitingSince === null ? (
                <span className={names.small}>nobody</span>
              ) : (
                <span className={names.state} data-tone={urgency === 'late' ? 'bad' : urgency === 'soon' ? 'warn' : ''}>
                  {Icon !== null && <Icon size={14} stroke={1.8} aria-hidden />}
                  {duration(now - Date.parse(waitingSince))}
                </span>
              )}
            </Table.Td>
            <Table.Td>
              {waiting > 0 && online === 0 ? (
                <span className={names.state} data-tone="bad">
                  <IconAlertTriangle size={14} stroke={1.8} aria-hidden /> nobody
                </span>
              ) : (
                online
              )}
            </Table.Td>
            <Table.Td>{away}</Table.Td>
            <Table.Td>
              <Load load={load} capacity={capacity} />
            </Table.Td>
          </Table.Tr>
        )
      })}
    </Rows>
  )
}

function Load({ load, capacity }: { load: number; capacity: number }) {
  return (
    <span className={names.load}>
      <progress max={Math.max(1, capacity)} value={Math.min(load, capacity)} aria-hidden />
      {load} of {capacity}
    </span>
  )
}

const presences = {
  online: { icon: IconCircleFilled, tone: 'good' },
  away: { icon: IconMoon, tone: 'warn' },
  offline: { icon: IconCircleOff, tone: '' },
} as const
const order = { online: 0, away: 1, offline: 2 }

export function AgentsTable({ agents, skills }: { agents: LiveNow['agents']; skills: readonly LiveSkill[] }) {
  const nameOf = new Map(skills.map(({ skillId, name }) => [skillId, name]))
  const ordered = [...agents].sort((a, b) => order[a.presence] - order[b.presence] || a.name.localeCompare(b.name))
  return (
    <Rows label="Agents" heads={['Agent', 'Status', 'Load', 'Skills', 'Last seen']}>
      {ordered.map(({ userId, name, presence, load, capacity, skillIds, seenAt }) => {
        const { icon: Icon, tone } = presences[presence]
        return (
          <Table.Tr key={userId}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>
              <span className={names.state} data-tone={tone}>
                <Icon size={14} stroke={1.8} aria-hidden /> {presence}
              </span>
            </Table.Td>
            <Table.Td>
              <Load load={load} capacity={capacity} />
            </Table.Td>
            <Table.Td>{skillIds.flatMap((id) => nameOf.get(id) ?? []).join(', ') || 'none'}</Table.Td>
            <Table.Td>{seenAt === null ? <span className={names.small}>never</span> : <Time at={seenAt} />}</Table.Td>
          </Table.Tr>
        )
      })}
    </Rows>
  )
}

const states = {
  works: { icon: IconCircleCheck, tone: 'good', words: 'works' },
  off: { icon: IconCircleOff, tone: '', words: 'switched off' },
  refused: { icon: IconCircleX, tone: 'bad', words: 'refused by the provider' },
  failing: { icon: IconAlertTriangle, tone: 'warn', words: 'failing, left out for a while' },
} as const

export function ProvidersTable({ providers }: { providers: LiveNow['providers'] }) {
  return (
    <Rows label="Providers" heads={['Sender', 'Channel', 'State']}>
      {providers.map(({ senderId, title, channel, state, sentence, failures, openUntil }) => {
        const { icon: Icon, tone, words } = states[state]
        return (
          <Table.Tr key={senderId}>
            <Table.Td>{title}</Table.Td>
            <Table.Td>{channelWords[channel]}</Table.Td>
            <Table.Td>
              <span className={names.state} data-tone={tone}>
                <Icon size={14} stroke={1.8} aria-hidden /> {words}
              </span>
              {sentence !== null && <div className={names.small}>{sentence}</div>}
              {state === 'failing' && (
                <div className={names.small}>
                  {failures} failures one after the other
                  {openUntil !== null && (
                    <>
                      ; tried again <Time at={openUntil} />
                    </>
                  )}
                </div>
              )}
            </Table.Td>
          </Table.Tr>
        )
      })}
    </Rows>
  )
}
