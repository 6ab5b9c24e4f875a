import { Alert } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useMay } from '../../session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import { SaveBar } from '../save-bar.tsx'
import type { Settings } from '../shapes.ts'
import { useConfig } from '../use-config.ts'
import { useDraft } from '../use-draft.ts'
import { Prices } from './prices.tsx'
import { useSaveSettings } from './save-settings.ts'
import { SettingsFields } from './settings-fields.tsx'

/** What holds for the whole brand. */
export function SettingsPage() {
  const settings = useConfig('settings')
  const skills = useConfig('skills')
  return (
    <PageBody>
      <PageHeader title="Settings" purpose="What holds for the whole brand, whichever handoff a call comes by." />
      {settings.error !== null && <ErrorState error={settings.error} retry={() => void settings.refetch()} />}
      {settings.isPending && <RowsSkeleton rows={6} height={72} />}
      {settings.data !== undefined && (
        <Form settings={settings.data} skills={skills.data?.skills.map(({ name }) => name) ?? []} />
      )}
    </PageBody>
  )
}

export type SettingsDraft = Omit<Settings, 'saved'>

function Form({ settings, skills }: { settings: Settings; skills: readonly string[] }) {
  const { saved, ...rest } = settings
  const mayChange = useMay()(saved ? 'settings.change' : 'settings.create')
  const draft = useDraft<SettingsDraft>(rest)
  const save = useSaveSettings()
  const store = () => {
    const sent = saved ? draft.changes : draft.value
    save.mutate(sent, {
      onSuccess: () => {
        draft.settle(sent)
        toast({ text: 'The settings are saved and count at once.' })
      },
    })
  }
  return (
    <>
      {!saved && (
        <Alert color="yellow" variant="light" mb="lg" icon={<IconInfoCircle size={18} stroke={1.6} />}>
          These are the defaults. Until they are saved once, every call is refused.
        </Alert>
      )}
      {!mayChange && (
        <Alert color="gray" variant="light" mb="lg" icon={<IconInfoCircle size={18} stroke={1.6} />}>
          Your role sees the settings; an administrator changes them.
        </Alert>
      )}
      <fieldset disabled={!mayChange} className={names.fieldset}>
        <legend className="visually-hidden">Settings</legend>
        <SettingsFields draft={draft.value} set={draft.set} skills={skills} />
      </fieldset>
      <SaveBar
        draft={draft}
        save={save}
        onSave={store}
        shown={mayChange && (draft.dirty || !saved)}
        label="Save settings"
      />
      <Prices />
    </>
  )
}
