import type { Thread } from '../live/shapes.ts'
import { formatPhone } from '../ui/format-phone.ts'

type Known = Readonly<Record<string, unknown>> | null

const words: Readonly<Record<string, string>> = {
  balance: 'Balance',
  customerId: 'Customer id',
  socialId: 'Social id',
  imei: 'Device id',
  userName: 'User name',
  companySize: 'Company size',
  companyBranch: 'Branch',
  accountName: 'Account',
  role: 'Role',
  lastPaymentDate: 'Last payment',
  registrationDate: 'Registered',
  loginStatus: 'Login status',
  storeZipCode: 'Store ZIP code',
  storeNumber: 'Store number',
  gender: 'Gender',
  language: 'Language',
  company: 'Company',
}

/** What the phone system knew of the consumer, as rows: what it is called, what it is. In the order agents ask for it. */
export function sdeRows(sdes: NonNullable<Thread['call']>['sdes']): readonly (readonly [string, string])[] {
  const { ctmrinfo, personal } = sdes
  const rows: [string, string][] = []
  const add = (label: string, value: string | null) => {
    if (value !== null && value !== '') rows.push([label, value])
  }
  add('Name', nameIn(personal))
  add('Age', ageIn(personal?.age))
  for (const [key, label] of Object.entries(words)) {
    const value = ctmrinfo?.[key] ?? personal?.[key]
    add(label, key === 'balance' ? moneyIn(ctmrinfo) : plain(value))
  }
  for (const contact of listOf(personal?.contacts)) {
    add('Email', plain(contact.email))
    add(
      `Phone${contact.phoneType ? ` (${String(contact.phoneType).toLowerCase().replace('_', ' ')})` : ''}`,
      formatPhone(plain(contact.phone) ?? ''),
    )
    const { country, region } = (contact.address ?? {}) as Record<string, unknown>
    add('Address', [plain(region), plain(country)].filter((part) => part !== null).join(', '))
  }
  return rows
}

export function nameIn(personal: Known): string | null {
  const name = [plain(personal?.firstname), plain(personal?.lastname)].filter((part) => part !== null).join(' ')
  return name === '' ? null : name
}

/** What stands first: the kind of customer, which decides how they are greeted. */
export function standing({ ctmrinfo }: { ctmrinfo: Known }): readonly string[] {
  return [plain(ctmrinfo?.ctype), plain(ctmrinfo?.cstatus)].filter((one) => one !== null)
}

function plain(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'object' && value !== null && 'year' in value) return dateIn(value as Record<string, unknown>)
  return null
}

function dateIn({ year, month, day }: Record<string, unknown>): string {
  return [year, month, day]
    .filter((part) => typeof part === 'number')
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}

function ageIn(age: unknown): string | null {
  const { age: years } = (age ?? {}) as Record<string, unknown>
  return typeof years === 'number' ? String(years) : plain(age)
}

function moneyIn(ctmrinfo: Known): string | null {
  const balance = ctmrinfo?.balance
  if (typeof balance !== 'number') return null
  const currency = plain(ctmrinfo?.currency)
  return currency === null ? String(balance) : `${balance} ${currency}`
}

const listOf = (value: unknown): readonly Record<string, unknown>[] => (Array.isArray(value) ? value : [])
