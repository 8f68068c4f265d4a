// Only one film or sound is heard at a time: what starts pauses what was playing.
let playing: HTMLMediaElement | undefined

export function startsPlaying(event: Event): void {
  if (!(event.target instanceof HTMLMediaElement)) return
  if (playing !== undefined && playing !== event.target) playing.pause()
  playing = event.target
}
