import { PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import type { Connector } from '../shapes.ts'

/** What a connector says of one of its settings (a flat JSON schema; `secret` is ours). */
export interface Setting {
  readonly name: string
  readonly required: boolean
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly secret?: boolean
  readonly enum?: readonly string[]
}

/** A connector's settings in its own order, those that must be given first. */
export function settingsOf({ settings }: Connector): readonly Setting[] {
  const { properties = {}, required = [] } = settings as {
    properties?: Record<string, Omit<Setting, 'name' | 'required'>>
    required?: string[]
  }
  const all = Object.entries(properties).map(([name, one]) => ({ ...one, name, required: required.includes(name) }))
  return [...all.filter((one) => one.required), ...all.filter((one) => !one.required)]
}

/** A field for a setting, as its schema describes it. A secret that is stored is never shown: one types over it. */
export function SettingField({
  setting,
  value,
  stored,
  onChange,
}: {
  setting: Setting
  value: unknown
  stored: boolean
  onChange(value: unknown): void
}) {
  const { name, title = name, description, required, type, secret = false } = setting
  const shared = { label: title, description, name }
  const usual = setting.default === undefined ? undefined : String(setting.default)
  if (type === 'boolean') {
    return (
      <Switch
        {...shared}
        checked={(value ?? setting.default) === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  }
  const text = typeof value === 'string' ? value : ''
  const typed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value)
  if (setting.enum !== undefined) {
    return <Select {...shared} data={[...setting.enum]} value={text || (usual ?? null)} onChange={onChange} />
  }
  const placeholder = stored ? 'Stored. Type to replace it.' : usual
  if (/whole|PEM|JSON/.test(description ?? '')) {
    const area = { ...shared, placeholder, required: required && !stored, value: text, onChange: typed }
    return <Textarea {...area} autosize minRows={3} maxRows={10} spellCheck={false} autoComplete="off" />
  }
  const field = { ...shared, placeholder, required: required && !stored, value: text, onChange: typed }
  if (secret) return <PasswordInput {...field} autoComplete="new-password" />
  return <TextInput {...field} autoComplete="off" spellCheck={false} />
}
