// The microphone, and one recording from it: its bytes, how loud it is, how long. Knows nothing of where it is recorded.
import { voiceLimits } from '../../../server/protocol/voice-limits.ts'
import { stopPlaying } from '../showing/one-player.ts'
import type { VoiceFormat } from './format.ts'
import { toBase64, waveformOf } from './waveform.ts'
import { withDuration } from './webm-duration.ts'

/** `insecure`: browsers give a microphone to pages over HTTPS only. `busy`: another program has it. */
export type MicTrouble = 'denied' | 'absent' | 'busy' | 'insecure' | 'failed'

const troubles: Readonly<Record<string, MicTrouble>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

/** The browser may ask whether it may. */
export async function openMicrophone(): Promise<MediaStream | MicTrouble> {
  // Only https and localhost have it, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) return 'insecure'
  stopPlaying()
  try {
    return await devices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
  } catch (error) {
    return troubles[(error as DOMException).name] ?? 'failed'
  }
}

export const closeMicrophone = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop()
}

/** A recorder that was told to stop writes the rest of a second. */
const endsWithinMs = 2_000

export interface Recorded {
  bytes: Blob
  name: string
  durationMs: number
  /** 64 bytes in base64. */
  waveform: string
}

export interface RecorderDeps {
  stream: MediaStream
  format: VoiceFormat
  /** Every voiceLimits.sampleMs, once it has begun: how loud it is, 0 to 1, and how long it is. */
  onLevel: (level: number, elapsedMs: number) => void
  /** The microphone was taken away; what was recorded is there. */
  onLost: () => void
}

export class Recorder {
  readonly #deps: RecorderDeps
  readonly #recorder: MediaRecorder
  readonly #meter: Meter
  readonly #chunks: Blob[] = []
  readonly #levels: number[] = []
  readonly #stopped: Promise<void>
  #timer: ReturnType<typeof setInterval> | undefined
  #beganAt: number | undefined
  #endedAt: number | undefined
  #isStopping = false

  /** Begins at once. @throws if the browser cannot record this stream */
  constructor(deps: RecorderDeps) {
    this.#deps = deps
    const { stream, format } = deps
    const recorder = new MediaRecorder(stream, {
      mimeType: format.records,
      audioBitsPerSecond: voiceLimits.bitsPerSecond,
    })
    this.#recorder = recorder
    this.#meter = new Meter(stream)
    this.#stopped = new Promise((resolve) => recorder.addEventListener('stop', () => resolve()))
    recorder.addEventListener('dataavailable', ({ data }) => void this.#chunks.push(data))
    recorder.addEventListener('start', () => (this.#beganAt = performance.now()))
    // The device is gone, or somebody took the permission back.
    for (const track of stream.getTracks()) track.addEventListener('ended', () => this.#lost())
    recorder.addEventListener('error', () => this.#lost())
    this.#timer = setInterval(() => this.#measure(), voiceLimits.sampleMs)
    // A second at a time, so that little is lost if the encoder fails.
    recorder.start(1_000)
  }

  /** The microphone is off when this resolves. */
  async stop(): Promise<Recorded> {
    this.#end()
    // A browser that does not say that it has ended has given its bytes all the same.
    await Promise.race([this.#stopped, new Promise((resolve) => setTimeout(resolve, endsWithinMs))])
    const { format } = this.#deps
    const durationMs = Math.max(0, Math.round((this.#endedAt ?? 0) - (this.#beganAt ?? this.#endedAt ?? 0)))
    const whole = new Uint8Array(await new Blob(this.#chunks).arrayBuffer())
    return {
      bytes: new Blob([withDuration(whole, durationMs) as Uint8Array<ArrayBuffer>], { type: format.type }),
      name: `voice-${timeInName(new Date())}.${format.ending}`,
      durationMs,
      waveform: toBase64(waveformOf(this.#levels)),
    }
  }

  #end(): void {
    this.#isStopping = true
    clearInterval(this.#timer)
    this.#endedAt ??= performance.now()
    // One that was lost has stopped by itself.
    if (this.#recorder.state !== 'inactive') this.#recorder.stop()
    this.#meter.close()
    closeMicrophone(this.#deps.stream)
  }

  #lost(): void {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#deps.onLost()
  }

  #measure(): void {
    if (this.#beganAt === undefined) return
    const level = this.#meter.level()
    this.#levels.push(level)
    this.#deps.onLevel(level, performance.now() - this.#beganAt)
  }
}

/** How loud it is at this moment. */
class Meter {
  readonly #context = new AudioContext()
  readonly #analyser = this.#context.createAnalyser()
  readonly #samples = new Float32Array(this.#analyser.fftSize)

  constructor(stream: MediaStream) {
    this.#context.createMediaStreamSource(stream).connect(this.#analyser)
    // Some browsers begin it only when asked.
    void this.#context.resume()
  }

  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples)
    const loudest = this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    return Math.min(1, loudest)
  }

  close(): void {
    void this.#context.close()
  }
}

/** "20260314-0926": in names of files, on every system. */
function timeInName(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}`
}
