import { Tabs } from '@mantine/core'
import { IconApps, IconBrandWhatsapp, IconMessage, IconPhone } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { formatPhone } from '../ui/format-phone.ts'
import { CallScreen } from './call-screen.tsx'
import { useCall } from './call-store.ts'
import { MessagesScreen } from './messages-screen.tsx'
import names from './phone.module.css'
import type { Channel, PhoneMessage } from './shapes.ts'
import { useConsumerId, useLines, usePhoneMessages } from './use-network.ts'

type Screen = 'call' | Channel

const screens = [
  { name: 'call', label: 'Phone', icon: IconPhone },
  { name: 'sms', label: 'SMS', icon: IconMessage },
  { name: 'wa', label: 'WhatsApp', icon: IconBrandWhatsapp },
  { name: 'inapp', label: 'App', icon: IconApps },
] as const

/** The caller's phone: its keypad, and its messages by channel. What comes while one looks elsewhere is counted below. */
export function PhoneDevice() {
  const call = useCall()
  const lines = useLines()
  const consumerId = useConsumerId(call.phone)
  const byNumber = usePhoneMessages(call.phone)
  const inApp = usePhoneMessages(consumerId)
  const messages: Readonly<Record<Channel, readonly PhoneMessage[]>> = {
    sms: byNumber.filter(({ channel }) => channel === 'sms'),
    wa: byNumber.filter(({ channel }) => channel === 'wa'),
    inapp: inApp,
  }
  const [screen, setScreen] = useState<Screen>('call')
  const [typesIn, setTypesIn] = useState<Channel | null>(null)
  const device = useRef<HTMLDivElement>(null)
  const unseen = useUnseen(call.phone, messages, screen)

  // Whoever pressed 1 looks at what comes: that is where the next key goes.
  const { invitedBy, startedAt } = call
  const arrived = useRef(0)
  const awaited = invitedBy === null ? 0 : unseen[invitedBy]
  useEffect(() => {
    if (invitedBy === null || awaited === 0 || arrived.current === startedAt) return
    arrived.current = startedAt
    const focused = document.activeElement
    const takesKeys = focused === document.body || device.current?.contains(focused) === true
    setScreen(invitedBy)
    if (takesKeys) setTypesIn(invitedBy)
  }, [invitedBy, awaited, startedAt])

  return (
    <section className={names.device} ref={device} aria-label="The caller’s phone">
      <div className={names.status}>
        <span>{formatPhone(call.phone)}</span>
        <span aria-hidden>pretend</span>
      </div>
      <Tabs
        inverted
        value={screen}
        onChange={(next) => {
          setScreen((next ?? 'call') as Screen)
          setTypesIn(null)
        }}
        keepMounted={false}
        classNames={{
          root: names.tabs!,
          panel: names.panel!,
          list: names.dock!,
          tab: names.tab!,
          tabLabel: names.tabLabel!,
        }}
      >
        <Tabs.Panel value="call">
          <CallScreen lines={lines.data?.lines ?? null} brand={lines.data?.brand ?? ''} error={lines.error} />
        </Tabs.Panel>
        {(['sms', 'wa', 'inapp'] as const).map((channel) => (
          <Tabs.Panel key={channel} value={channel}>
            <MessagesScreen
              channel={channel}
              takesKeys={typesIn === channel}
              number={channel === 'inapp' ? consumerId : call.phone}
              brand={lines.data?.brand ?? 'The brand'}
              messages={messages[channel]}
            />
          </Tabs.Panel>
        ))}
        <Tabs.List grow>
          {screens.map(({ name, label, icon: Icon }) => (
            <Tabs.Tab key={name} value={name}>
              <Icon size={20} stroke={1.6} aria-hidden />
              {label}
              {name !== 'call' && unseen[name] > 0 && (
                <span className={names.badge}>
                  {unseen[name]}
                  <span className="visually-hidden"> new</span>
                </span>
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
    </section>
  )
}

/** What has come on each channel since it was last looked at; what was there when the phone was picked up is not new. */
function useUnseen(phone: string, messages: Readonly<Record<Channel, readonly PhoneMessage[]>>, screen: Screen) {
  const [pickedUpAt, setPickedUpAt] = useState(() => ({ phone, at: Date.now() }))
  const [seen, setSeen] = useState<Readonly<Record<Channel, number>>>({ sms: 0, wa: 0, inapp: 0 })
  if (pickedUpAt.phone !== phone) {
    setPickedUpAt({ phone, at: Date.now() })
    setSeen({ sms: 0, wa: 0, inapp: 0 })
  }
  const received = (channel: Channel) =>
    messages[channel].filter((one) => one.direction === 'to-phone' && Date.parse(one.at) > pickedUpAt.at - 5_000).length
  const shown = screen === 'call' ? 0 : received(screen)
  useEffect(() => {
    if (screen !== 'call') setSeen((before) => (before[screen] === shown ? before : { ...before, [screen]: shown }))
  }, [screen, shown])
  const unseenOf = (channel: Channel) => (screen === channel ? 0 : Math.max(0, received(channel) - seen[channel]))
  return { sms: unseenOf('sms'), wa: unseenOf('wa'), inapp: unseenOf('inapp') }
}
