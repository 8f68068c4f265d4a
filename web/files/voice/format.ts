// The format in which a browser records: of those it can, the first that plays in every browser. AAC in MP4 (Safari; Chrome and Edge where the
// system has the encoder) plays everywhere, Opus in WebM (all others) everywhere since Safari 17.4. Ogg is missing: Safari plays it late.

export interface VoiceFormat {
  /** For MediaRecorder. */
  records: string
  /** Of the file. */
  type: string
  ending: string
}

const formats: readonly VoiceFormat[] = [
  { records: 'audio/mp4;codecs=mp4a.40.2', type: 'audio/mp4', ending: 'm4a' },
  { records: 'audio/webm;codecs=opus', type: 'audio/webm', ending: 'webm' },
  // Older Safari says only this much of itself, and means AAC.
  { records: 'audio/mp4', type: 'audio/mp4', ending: 'm4a' },
]

/** Undefined: this browser does not record. */
export function voiceFormat(): VoiceFormat | undefined {
  if (typeof MediaRecorder === 'undefined') return undefined
  return formats.find(({ records }) => MediaRecorder.isTypeSupported(records))
}
