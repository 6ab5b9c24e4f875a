import { readStored, writeStored } from '../workspace/stored.ts'

const key = 'try-sound'

/** Whether this browser can speak at all. */
export const canSpeak = typeof window !== 'undefined' && 'speechSynthesis' in window

export const soundIsOn = (): boolean => readStored(key, true)

export function setSound(on: boolean): void {
  writeStored(key, on)
  if (!on) hush()
}

/** Says what the menu says, where the browser can and may; the words stand on the screen in any case. */
export function say(text: string): void {
  if (!canSpeak || !soundIsOn()) return
  try {
    window.speechSynthesis.cancel()
    const words = new SpeechSynthesisUtterance(text)
    words.lang = 'en'
    window.speechSynthesis.speak(words)
  } catch {
    // Without a voice it is read.
  }
}

export function hush(): void {
  if (canSpeak) window.speechSynthesis.cancel()
}
