// Recording a voice message in one conversation. What is recorded becomes a file of the draft there, where it is listened to, sent or
// removed; whoever goes to another room finds it when they are back. One is recorded at a time.
import { reactive } from 'vue'
import { voiceLimits } from '../../../server/protocol/voice-limits.ts'
import { announce } from '../../ui/announce.ts'
import { tellDone, tellRefused, tellUndoable } from '../../ui/notify.ts'
import { remaining } from '../../words/figures.ts'
import { t } from '../../words/words.ts'
import { voiceFormat } from './format.ts'
import { closeMicrophone, openMicrophone, Recorder, type MicTrouble, type Recorded } from './recorder.ts'

/** `asking`: the browser asks whether it may use the microphone. `ending`: the last bytes are coming. */
export type VoiceStage = 'idle' | 'asking' | 'recording' | 'ending'

/** Reactive. */
export interface Voice {
  stage: VoiceStage
  /** It is recorded while a finger holds the button. */
  isHeld: boolean
  elapsedMs: number
  /** How loud it was lately, 0 to 1; the last is now. */
  levels: number[]
  record: (isHeld: boolean) => Promise<void>
  /** It goes on without the finger. */
  lock: () => void
  /** Ends the recording, which becomes a file of the draft. */
  stop: () => Promise<void>
  /** Ends the recording and discards it; that can be undone. */
  drop: () => Promise<void>
}

/** Bars of the meter: the last eight seconds, as far as there is width for them. */
const shownLevels = 160

/** Before anything is heard. */
const silent: Pick<Voice, 'isHeld' | 'elapsedMs' | 'levels'> = { isHeld: false, elapsedMs: 0, levels: [] }

/** What is being recorded, wherever that is. */
let recorded: Voice | undefined

// Nobody is recorded without seeing it.
document.addEventListener('visibilitychange', () => document.hidden && void recorded?.stop())

function refuse(voice: Voice, trouble: MicTrouble): void {
  voice.stage = 'idle'
  tellRefused(t(`voice.trouble.${trouble}`))
}

/** Whoever asks for what goes on already waits for the same end. */
function shared(work: () => Promise<void>): () => Promise<void> {
  let going: Promise<void> | undefined
  return () => (going ??= work().finally(() => (going = undefined)))
}

/** `keep`: makes what was recorded a file of the draft. */
export function makeVoice(keep: (recorded: Recorded) => Promise<void>): Voice {
  let recorder: Recorder | undefined
  /** Counts the attempts: the microphone of one that was given up is closed when it comes. */
  let attempt = 0

  async function record(isHeld: boolean): Promise<void> {
    if (voice.stage !== 'idle') return
    const own = (attempt += 1)
    Object.assign(voice, { ...silent, stage: 'asking', isHeld })
    await recorded?.stop()
    const format = voiceFormat()
    const stream = format === undefined ? 'failed' : await openMicrophone()
    if (own !== attempt) return typeof stream === 'string' ? undefined : closeMicrophone(stream)
    if (typeof stream === 'string' || format === undefined) return refuse(voice, stream as MicTrouble)
    try {
      recorder = new Recorder({ stream, format, onLevel, onLost })
    } catch {
      closeMicrophone(stream)
      return refuse(voice, 'failed')
    }
    recorded = voice
    voice.stage = 'recording'
    announce(t('voice.began'))
  }

  function onLevel(level: number, elapsedMs: number): void {
    voice.levels = [...voice.levels.slice(1 - shownLevels), level]
    voice.elapsedMs = Math.min(elapsedMs, voiceLimits.maxMs)
    if (elapsedMs < voiceLimits.maxMs || voice.stage !== 'recording') return
    void stop()
    tellDone(t('voice.full', { n: voiceLimits.maxMs / 60_000 }))
  }

  function onLost(): void {
    void stop()
    tellRefused(t('voice.lost'))
  }

  /** Undefined: nothing was being recorded. `short`: a slip of the finger. */
  async function end(): Promise<Recorded | 'short' | undefined> {
    attempt += 1
    if (voice.stage === 'asking') voice.stage = 'idle'
    if (recorder === undefined) return undefined
    const ended = recorder
    recorder = undefined
    if (recorded === voice) recorded = undefined
    voice.stage = 'ending'
    const made = await ended.stop()
    return made.durationMs < voiceLimits.minMs || made.bytes.size === 0 ? 'short' : made
  }

  const stop = shared(async () => {
    const made = await end()
    if (made === undefined) return
    if (made === 'short') tellDone(t('voice.tooShort'))
    else {
      await keep(made)
      announce(t('voice.recorded', { time: remaining(made.durationMs) }))
    }
    voice.stage = 'idle'
  })

  async function drop(): Promise<void> {
    const made = await end()
    if (made === undefined) return
    voice.stage = 'idle'
    if (made !== 'short') tellUndoable(t('voice.deleted'), [{ undo: () => keep(made) }])
  }

  const voice: Voice = reactive({
    stage: 'idle',
    ...silent,
    record,
    lock: () => void (voice.isHeld = false),
    stop,
    drop,
  })
  return voice
}
