/** A table that holds data of consumers: how a person's rows are found in it, and what erasing leaves of them. */
export interface Holding {
  readonly table: string
  /** As people call it. */
  readonly title: string
  /**
   * Which rows are the person's: SQL over the row `t` and `of`, which has `addresses`, `calls`, `conversations` and
   * `messages` of the person (arrays).
   */
  readonly rows: string
  /**
   * `delete`; or the SET list by which a row stays and the person goes. `of.person` are all their addresses, `of.marks` a
   * chance mark for each (nothing leads back from it), `of.hashes` the keyed hash for each.
   */
  readonly erase: 'delete' | { readonly set: string }
  /** Columns that no archive gives out: secrets of devices, and what is handed out as a file. */
  readonly hidden?: readonly string[]
}

const ofCalls = 't.call_id = any(of.calls)'
const ofConversations = 't.conversation_id = any(of.conversations)'
const ofMessages = 't.message_id = any(of.messages)'
/** What stands in the place of an address: chance, the same for all rows of this address. */
const mark = (column: string) => `coalesce(of.marks[array_position(of.person, ${column})], of.marks[1])`
const hash = (column: string) => `of.hashes[array_position(of.person, ${column})]`

/**
 * EVERY table with data of consumers, in the order of erasing: what hangs on a row before the row. A new table must stand
 * here or in `holdsNobody`; a test refuses one that does not.
 *
 * Calls and closed conversations stay, without the person, so that every report counts on as before.
 */
export const holdings: readonly Holding[] = [
  {
    table: 'audit',
    title: 'Audit entries about their opt-outs',
    rows: `t.action like 'opt-out.%' and t.subject in (
      select o.opt_out_id::text from opt_outs o where o.account_id = of.account_id and o.address = any(of.addresses))`,
    erase: { set: 'before = null, after = null' },
  },
  {
    table: 'receipts',
    title: 'What providers said of messages',
    rows: `(t.sender_id, t.provider_id) in (select m.sender_id, m.provider_id from messages m
        where m.account_id = of.account_id and m.message_id = any(of.messages))
      or t.attempt_token in (select a.token from attempts a
        where a.account_id = of.account_id and a.message_id = any(of.messages))`,
    erase: 'delete',
  },
  {
    table: 'provider_exchanges',
    title: 'Exchanges with providers',
    rows: `${ofCalls} or ${ofMessages}`,
    erase: 'delete',
  },
  { table: 'attempts', title: 'Attempts to send', rows: ofMessages, erase: 'delete', hidden: ['token'] },
  {
    table: 'simulator_messages',
    title: 'Messages on the sandbox’s pretend phones',
    rows: 't.number = any(of.addresses)',
    erase: 'delete',
    hidden: ['file_bytes'],
  },
  { table: 'files', title: 'Files', rows: ofConversations, erase: 'delete', hidden: ['bytes', 'token'] },
  { table: 'notes', title: 'Agents’ notes', rows: ofConversations, erase: 'delete' },
  { table: 'surveys', title: 'Surveys', rows: ofConversations, erase: 'delete' },
  { table: 'auto_texts', title: 'Automatic texts', rows: ofConversations, erase: 'delete' },
  { table: 'seen_marks', title: 'What agents have seen', rows: ofConversations, erase: 'delete' },
  { table: 'conversation_offers', title: 'Offers to agents', rows: ofConversations, erase: 'delete' },
  { table: 'conversation_joins', title: 'Agents who read along', rows: ofConversations, erase: 'delete' },
  {
    table: 'webhook_deliveries',
    title: 'What the brand’s systems were told',
    // A receiver's answer may repeat what it was told.
    rows: `t.event_id in (select e.event_id from webhook_events e where e.account_id = of.account_id
      and (e.call_id = any(of.calls) or e.conversation_id = any(of.conversations) or e.opt_out_id in (
        select o.opt_out_id from opt_outs o where o.account_id = of.account_id and o.address = any(of.addresses))))`,
    erase: { set: "attempts = '[]'" },
  },
  // What a message has cost stays with its call, and the doctor adds it up.
  {
    table: 'messages',
    title: 'Messages',
    rows: `${ofMessages} and t.cost_micros is not null`,
    erase: {
      set: `address = ${mark('t.address')}, body = '', title = null, template_variables = null, media = null, provider_id = null,
        client_id = null, inbox_change = null`,
    },
  },
  { table: 'messages', title: 'Messages', rows: `${ofMessages} and t.cost_micros is null`, erase: 'delete' },
  { table: 'transaction_steps', title: 'Steps of calls', rows: ofCalls, erase: 'delete' },
  {
    table: 'invites',
    title: 'Invites',
    rows: `${ofCalls} or t.consumer_phone = any(of.addresses) or t.address = any(of.addresses)`,
    erase: 'delete',
  },
  {
    table: 'conversations',
    title: 'Conversations',
    rows: ofConversations,
    erase: { set: `address = ${mark('t.address')}, consumer_phone = null, tags = '{}', version = t.version + 1` },
  },
  {
    table: 'calls',
    title: 'Calls',
    rows: ofCalls,
    erase: {
      set: `consumer_phone = country_part_of(t.consumer_phone) || ' ' || ${mark('t.consumer_phone')}, consumer_id = null,
        sdes = case when t.sdes is not null then '{"ctmrinfo": null, "personal": null}'::jsonb end, template_variables = null,
        first_message = null, override_message = null, error_message = null`,
    },
  },
  {
    table: 'devices',
    title: 'Devices with the brand’s app',
    rows: 't.consumer_id = any(of.addresses)',
    erase: 'delete',
    hidden: ['token', 'push_token_hash', 'device_token_hash'],
  },
  { table: 'inapp_inboxes', title: 'In-app inboxes', rows: 't.consumer_id = any(of.addresses)', erase: 'delete' },
  {
    table: 'reachability',
    title: 'What is known of their line',
    rows: 't.address = any(of.addresses)',
    erase: 'delete',
  },
  {
    table: 'consumer_addresses',
    title: 'Other names at providers',
    rows: 't.address = any(of.addresses) or t.also_known_as = any(of.addresses)',
    erase: 'delete',
  },
  // The one thing that must outlive the person: nobody writes to them again.
  {
    table: 'opt_outs',
    title: 'Opt-outs',
    rows: 't.address = any(of.addresses)',
    erase: { set: `address = ${hash('t.address')}, evidence = null` },
  },
  {
    table: 'opt_out_history',
    title: 'What they said of opting out',
    rows: 't.address = any(of.addresses)',
    erase: { set: `address = ${hash('t.address')}, evidence = null` },
  },
]

/** EVERY other table, with the reason why no consumer is in it. */
export const holdsNobody: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['accounts', 'settings', 'skills', 'engagements', 'senders', 'templates', 'handoffs', 'handoff_versions'],
      ...['canned_replies', 'stops', 'template_syncs', 'sender_circuits', 'simulator_behaviours', 'prices'],
      ...['webhook_endpoints', 'export_schedules'],
    ].map((table) => [table, 'configuration of the brand']),
  ),
  ...Object.fromEntries(
    ['users', 'user_skills', 'sessions', 'presences', 'api_keys', 'app_installs', 'credential_uses'].map((table) => [
      table,
      'the brand’s own people and systems',
    ]),
  ),
  ...Object.fromEntries(
    ['schema_migrations', 'secret_key', 'signing_keys', 'processes', 'oauth_nonces', 'rate_limits'].map((table) => [
      table,
      'the machinery: no word of any consumer',
    ]),
  ),
  events: 'ids and whose turn it is; an event’s content is read when it is told',
  event_numbers: 'a counter',
  report_hours: 'sums',
  report_days: 'sums',
  report_day_totals: 'sums',
  report_day_errors: 'sums',
  report_repeats: 'sums',
  report_changes: 'what a call counts for',
  call_counts: 'sums',
  calls_by_time:
    'ids, times, and a hash of the number, which goes with the number when the sums are brought up to date',
  price_questions: 'ids',
  webhook_events: 'ids, kinds and times',
  exports: 'spans of time and filters; the files are forgotten apart',
  erasures: 'keyed hashes; the addresses, sealed, only until the work is done',
}
