import { askBrand } from './brand-phone.js'
import { inApp } from './sdk/index.js'

const at = (id) => document.getElementById(id)
const brand = await askBrand('GET', 'brand')
const signedIn = {
  get id() {
    return localStorage.getItem('consumer')
  },
  set id(consumerId) {
    if (consumerId === null) localStorage.removeItem('consumer')
    else localStorage.setItem('consumer', consumerId)
  },
}

const chat = inApp({
  account: brand.accountId,
  app: brand.app,
  serviceWorker: '/simulator/app/service-worker.js',
  scope: '/simulator/app',
  getConsumerToken: async () => (await askBrand('POST', 'consumer-token', { consumerId: signedIn.id })).token,
})

/* One view at a time. */
const views = ['sign-in', 'home', 'in-call', 'chat']
let view = ''
function show(next) {
  view = next
  for (const id of views) at(id).hidden = id !== next
  at('back').hidden = next !== 'chat'
  at('about-consumer').textContent = signedIn.id ?? 'nobody signed in'
  at('who').textContent = signedIn.id ?? ''
  if (next === 'chat') {
    at('banner').hidden = true
    seen()
    atEnd = true
    toEnd()
    at('text').focus()
  }
}
const seen = () => {
  if (view === 'chat' && document.visibilityState === 'visible') void chat.markRead()
}
document.addEventListener('visibilitychange', seen)

/* Signing in and out. */
/* The page's own stream brings the pushes, so that nobody has to allow anything before they have seen it work. */
async function register() {
  const kept = localStorage.getItem('push-token') ?? crypto.randomUUID()
  localStorage.setItem('push-token', kept)
  await chat.register({ push: { platform: 'simulator', token: kept } })
}
const mayNotify = brand.webPush && 'serviceWorker' in navigator && 'PushManager' in globalThis
function showPushes() {
  const real = chat.platform === 'webpush'
  at('about-push').textContent = real
    ? 'Web Push, by your browser’s push service'
    : 'simulated: by the page’s own stream'
  at('notify').hidden = !mayNotify || real
}
at('notify').addEventListener('click', async () => {
  const says = (words) => {
    at('notify-state').textContent = words
  }
  at('notify').disabled = true
  says('Asking your browser…')
  try {
    if (await chat.register()) says('')
    else says('Your browser does not allow notifications here.')
  } catch (error) {
    says(`Your browser’s push service cannot be had: ${error.message}`)
  }
  at('notify').disabled = false
  showPushes()
  await chat.open()
})
at('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  at('sign-in-fault').textContent = ''
  signedIn.id = at('consumer').value.trim()
  try {
    await register()
    showPushes()
    show('home')
    await chat.open()
  } catch (error) {
    signedIn.id = null
    at('sign-in-fault').textContent = `Signing in did not work: ${error.message}`
  }
})
for (const button of document.querySelectorAll('[data-mode]'))
  button.addEventListener('click', async () => {
    await chat.unregister(button.dataset.mode)
    button.closest('details').open = false
    signedOut()
  })
function signedOut() {
  signedIn.id = null
  at('banner').hidden = true
  at('consumer').value = brand.consumerId
  show('sign-in')
}

/* The call. */
at('call').addEventListener('click', () => {
  at('said').textContent = 'Thank you for calling. Waiting time is long today. Press 1 to go on in the app instead.'
  at('press-1').disabled = false
  show('in-call')
})
at('hang-up').addEventListener('click', () => show('home'))
at('press-1').addEventListener('click', async () => {
  at('press-1').disabled = true
  at('said').textContent = 'One moment…'
  try {
    const { invited, reasons } = await askBrand('POST', 'call', { consumerId: signedIn.id })
    at('said').textContent = invited
      ? 'We have sent a message to your app. Goodbye.'
      : `We cannot reach you in the app just now. ${reasons.join(' ')}`
    if (invited) setTimeout(() => view === 'in-call' && show('home'), 1500)
  } catch (error) {
    at('said').textContent = `The line broke: ${error.message}`
  }
})

/* What comes. */
let bannerTimer
/** A file without caption is told by its name. */
const words = ({ text, media }) => text || media[0]?.fileName || 'File'
function ring(message) {
  if (view === 'chat') return
  at('banner-title').textContent = message.title ?? brand.title
  at('banner-body').textContent = words(message)
  at('banner').hidden = false
  clearTimeout(bannerTimer)
  // An invite waits to be tapped; what an agent writes stands in the chat anyway.
  if (message.kind !== 'invite') bannerTimer = setTimeout(() => (at('banner').hidden = true), 6000)
}
chat.on('invite', ring)
chat.on('message', (message) => {
  at('typing').hidden = true
  ring(message)
})
at('banner').addEventListener('click', () => show('chat'))
at('to-chat').addEventListener('click', () => show('chat'))
at('back').addEventListener('click', () => show('home'))
navigator.serviceWorker?.addEventListener('message', ({ data }) => {
  if (data.type === 'c2m-tapped' && signedIn.id !== null) show('chat')
})

let typingTimer
chat.on('typing', (seconds) => {
  at('typing').hidden = false
  clearTimeout(typingTimer)
  typingTimer = setTimeout(() => (at('typing').hidden = true), seconds * 1000)
})
chat.on('state', (state) => {
  at('connection').textContent = state === 'connecting' ? 'Connecting…' : ''
  if (state === 'signed-out') signedOut()
})

/* The chat. */
const time = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' })
function line(message) {
  const item = document.createElement('li')
  item.className = `message ${message.from === 'brand' ? 'theirs' : 'mine'} ${message.kind}`
  if (message.title !== null) item.append(Object.assign(document.createElement('b'), { textContent: message.title }))
  item.append(...message.media.map(file))
  item.append(message.text)
  return item
}
/** A picture as such, everything else by its name; a picture that does not come, too. */
function file({ url, contentType, fileName }) {
  const link = Object.assign(document.createElement('a'), {
    href: url,
    target: '_blank',
    rel: 'noreferrer',
    className: 'file',
  })
  const name = fileName ?? 'File'
  if (!contentType.startsWith('image/')) {
    link.textContent = name
    return link
  }
  const picture = Object.assign(document.createElement('img'), { src: url, alt: name, referrerPolicy: 'no-referrer' })
  picture.addEventListener('load', toEnd)
  picture.addEventListener('error', () => link.replaceChildren(name))
  link.append(picture)
  return link
}
function meta(message) {
  const item = document.createElement('li')
  item.className = message.from === 'brand' ? 'meta of-theirs' : 'meta'
  if (message.state === 'failed') {
    const again = Object.assign(document.createElement('button'), {
      type: 'button',
      textContent: 'Not sent. Try again',
    })
    again.addEventListener('click', () => void chat.sendAgain(message.clientId).catch(() => {}))
    item.append(again)
    return item
  }
  const word = message.state === 'sending' ? 'sending…' : message.from === 'consumer' ? 'sent' : ''
  item.textContent = [time.format(new Date(message.at)), word].filter(Boolean).join(' · ')
  return item
}
let atEnd = true
const toEnd = () => {
  if (atEnd) at('messages').scrollTop = at('messages').scrollHeight
}
at('messages').addEventListener('scroll', () => {
  const list = at('messages')
  atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80
})
function draw(messages) {
  const list = at('messages')
  list.replaceChildren(
    ...messages.flatMap((message, n) => {
      const next = messages[n + 1]
      const last = next === undefined || next.from !== message.from || message.state === 'failed'
      return last ? [line(message), meta(message)] : [line(message)]
    }),
  )
  if (messages.length === 0)
    list.append(
      Object.assign(document.createElement('li'), {
        className: 'soft',
        textContent: 'Messages of the brand stand here.',
      }),
    )
  toEnd()

  const newest = messages.at(-1)
  const unheard = newest?.from === 'consumer' && newest.messageId !== null && !newest.inConversation
  at('note').hidden = !unheard
  at('note').textContent = 'No conversation is open, so nobody reads this. Call support to begin one.'
  at('last-line').textContent = newest === undefined ? 'No messages yet' : words(newest)
  const unread = messages.filter(({ from, status }) => from === 'brand' && status !== 'read').length
  at('unread').hidden = unread === 0
  at('unread').textContent = String(unread)
}
chat.on('change', (messages) => {
  draw(messages)
  seen()
})

const text = at('text')
const sendButton = at('composer').querySelector('.send')
text.addEventListener('input', () => {
  sendButton.disabled = text.value.trim() === ''
  if (!sendButton.disabled) chat.typing()
})
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  at('composer').requestSubmit()
})
at('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  const written = text.value.trim()
  if (written === '') return
  text.value = ''
  sendButton.disabled = true
  atEnd = true
  void chat.send(written).catch(() => {})
})

/* Begin. */
at('brand').textContent = brand.title
at('about-app').textContent = brand.app
draw([])
if (signedIn.id !== null && (await chat.restore())) {
  showPushes()
  show('home')
  await chat.open()
} else signedOut()
