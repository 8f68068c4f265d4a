// The sounds of a new message, made when they are played: nothing is loaded. Each is short and quiet, and none begins with a click.
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'

export type Sound = Exclude<NotifySettings['sound'], 'none'>

interface Tone {
  /** Seconds after the beginning. */
  at: number
  /** Hertz, at its beginning and its end. */
  from: number
  to?: number
  /** Seconds until it has faded. */
  fades: number
  shape: OscillatorType
  /** A share of `volume`, from 0 to 1. */
  loud: number
}

/** Below the voices of a call. */
const volume = 0.18

const sounds: Record<Sound, readonly Tone[]> = {
  drop: [{ at: 0, from: 420, to: 880, fades: 0.16, shape: 'sine', loud: 1 }],
  knock: [
    { at: 0, from: 190, to: 120, fades: 0.09, shape: 'triangle', loud: 1 },
    { at: 0.13, from: 210, to: 130, fades: 0.09, shape: 'triangle', loud: 0.8 },
  ],
  chime: [
    { at: 0, from: 784, fades: 0.5, shape: 'sine', loud: 0.7 },
    { at: 0.11, from: 1_175, fades: 0.7, shape: 'sine', loud: 0.6 },
  ],
  wood: [
    { at: 0, from: 620, to: 560, fades: 0.07, shape: 'triangle', loud: 0.9 },
    { at: 0.02, from: 1_240, to: 1_120, fades: 0.05, shape: 'sine', loud: 0.4 },
  ],
}

export const soundNames = Object.keys(sounds) as Sound[]

let context: AudioContext | undefined

/** Silent where the browser plays nothing before somebody has touched the page. */
export async function play(sound: NotifySettings['sound']): Promise<void> {
  if (sound === 'none' || typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  if (context.state === 'suspended') {
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 300))])
    if (context.state === 'suspended') return
  }
  for (const tone of sounds[sound]) playTone(context, tone)
}

function playTone(audio: AudioContext, { at, from, to = from, fades, shape, loud }: Tone): void {
  const begin = audio.currentTime + at
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.type = shape
  oscillator.frequency.setValueAtTime(from, begin)
  oscillator.frequency.exponentialRampToValueAtTime(to, begin + fades)
  gain.gain.setValueAtTime(0, begin)
  gain.gain.linearRampToValueAtTime(volume * loud, begin + 0.008)
  gain.gain.exponentialRampToValueAtTime(0.0001, begin + fades)
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(begin)
  oscillator.stop(begin + fades + 0.02)
}
