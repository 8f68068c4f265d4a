// Texts in English: voice messages. See en.ts.
export const voiceEn = {
  voice: {
    record: 'Record a voice message',
    asking: 'Waiting for the microphone…',
    slide: '‹ Slide to cancel',
    play: 'Listen',
    pause: 'Pause',
    unplayable: 'This browser can’t play what was recorded.',
    began: 'Recording',
    recorded: 'Recorded {time}. Listen to it, or send it.',
    stop: 'Stop recording',
    cancel: 'Cancel recording',
    deleted: 'Voice message deleted',
    send: 'Send voice message',
    tooShort:
      'That was too short. Hold the button while you speak, or tap it and press Stop when you’re done.',
    full: 'Voice messages can be up to {n} minutes long. Yours is ready to send.',
    lost: 'The microphone was disconnected. What you recorded so far is kept.',
    trouble: {
      denied:
        'Brook isn’t allowed to use the microphone. Allow it in your browser’s settings for this site, then try again.',
      absent: 'No microphone found. Connect one and try again.',
      busy: 'The microphone is in use by another app. Close that app and try again.',
      insecure: 'Browsers allow the microphone only over HTTPS. Ask whoever runs this server.',
      failed: 'This browser can’t record a voice message.',
    },
  },
}
