import { useState } from 'react'
import { useMay } from '../../session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { type Config, isUnread, useConfig } from '../use-config.ts'
import { AccessStep, type MadeApp } from './access-step.tsx'
import { ChannelsStep } from './channels-step.tsx'
import { FirstInviteStep } from './first-invite-step.tsx'
import { HandoffStep } from './handoff-step.tsx'
import { PeopleStep } from './people-step.tsx'
import { SenderStep } from './sender-step.tsx'
import { SkillStep } from './skill-step.tsx'
import { Step } from './step.tsx'
import { useFirstCall } from './use-first-call.ts'

/** From nothing to the first real invite, a step after the other; what is there already is ticked off. */
export function SetUpPage() {
  const may = useMay()
  const known = {
    settings: useConfig('settings'),
    skills: useConfig('skills'),
    senders: useConfig('senders'),
    connectors: useConfig('connectors'),
    handoffs: useConfig('handoffs'),
    users: useConfig('users', { enabled: may('users.read') }),
    apps: useConfig('apps', { enabled: may('app-installs.read') }),
    keys: useConfig('api-keys', { enabled: may('api-keys.read') }),
  }
  const failed = Object.values(known).find(isUnread)
  const { settings, skills, senders, connectors, handoffs, users, apps, keys } = known
  const ready = Object.values(known).every(({ data }) => data !== undefined)
  return (
    <PageBody>
      <PageHeader
        title="First steps"
        purpose="From nothing to the first real invite, in about a quarter of an hour. You can leave and come back at any time."
      />
      {failed !== undefined && <ErrorState error={failed.error} retry={() => void failed.refetch()} />}
      {failed === undefined && !ready && <RowsSkeleton rows={7} height={64} />}
      {failed === undefined && ready && (
        <Steps
          settings={settings.data!}
          skills={skills.data!.skills}
          senders={senders.data!.senders}
          connectors={connectors.data!.connectors}
          handoffs={handoffs.data!.handoffs}
          people={users.data!.users}
          credentials={[...apps.data!.apps, ...keys.data!.apiKeys]}
        />
      )}
    </PageBody>
  )
}

interface Known {
  settings: Config<'settings'>
  skills: Config<'skills'>['skills']
  senders: Config<'senders'>['senders']
  connectors: Config<'connectors'>['connectors']
  handoffs: Config<'handoffs'>['handoffs']
  people: Config<'users'>['users']
  credentials: readonly { enabled: boolean; privileges: readonly string[] }[]
}

function Steps({ settings, skills, senders, connectors, handoffs, people, credentials }: Known) {
  const [app, setApp] = useState<MadeApp | null>(null)
  // Null: the first one that is not done; the next one opens when it is.
  const [open, setOpen] = useState<number | null>(null)
  const call = useFirstCall()
  const keep = (made: MadeApp) => {
    setApp(made)
    // Its secret is shown this once: the step stays open.
    setOpen(5)
  }
  const skill = skills.find(({ enabled, engaged }) => enabled && engaged)
  const sender = senders.find(({ enabled, broken }) => enabled && broken === null)
  const handoff = handoffs.find(({ enabled }) => enabled)
  const answerers = people.filter(({ enabled, skills: own }) => enabled && own.length > 0)
  const usable = credentials.filter((one) => one.enabled && one.privileges.includes('ivr.engagement'))
  const steps = [
    {
      title: 'Channels',
      done: settings.saved ? `On: ${settings.channels.length} of 3, in your order.` : null,
      about: 'By which channels you want to write to callers.',
      inside: <ChannelsStep channels={settings.channels} />,
    },
    {
      title: 'A skill',
      done: skill === undefined ? null : `${skill.name} takes calls.`,
      about: 'A group of agents with a queue. Your phone system names it with each call.',
      inside: <SkillStep />,
    },
    {
      title: 'Who answers',
      done:
        answerers.length === 0
          ? null
          : `${answerers.length === 1 ? answerers[0]!.name : `${answerers.length} people`}.`,
      about: 'Somebody has to have the skill, or consumers wait for ever. You can answer yourself.',
      inside: <PeopleStep skill={skill?.name ?? null} />,
    },
    {
      title: 'A sender',
      done: sender === undefined ? null : `${sender.title}.`,
      about: 'Your number at Twilio or Meta, or your own app.',
      inside: <SenderStep connectors={connectors} onAdded={() => setOpen(3)} />,
    },
    {
      title: 'A handoff',
      done: handoff === undefined ? null : `${handoff.title}, ${handoff.handoffId}.`,
      about: 'What callers get when they choose messaging.',
      inside: <HandoffStep senders={senders} />,
    },
    {
      title: 'Access for your phone system',
      done:
        usable.length === 0
          ? null
          : `${usable.length === 1 ? 'One credential' : `${usable.length} credentials`} with IVR engagement.`,
      about: 'An id and a secret with which it asks.',
      inside: <AccessStep app={app} onMade={keep} />,
    },
    {
      title: 'The first invite',
      done: call === null ? null : 'The first call has come.',
      about: 'Play the phone system once, with your own mobile number.',
      inside: <FirstInviteStep app={app} handoff={handoff} skill={skill} call={call} />,
    },
  ]
  const next = steps.findIndex(({ done }) => done === null)
  const shown = open ?? (next === -1 ? steps.length - 1 : next)
  return (
    <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {steps.map((step, index) => (
        <Step
          key={step.title}
          number={index + 1}
          title={step.title}
          about={step.done ?? step.about}
          done={step.done !== null}
          open={shown === index}
          onToggle={() => setOpen(shown === index ? -1 : index)}
        >
          {step.inside}
        </Step>
      ))}
    </ol>
  )
}
