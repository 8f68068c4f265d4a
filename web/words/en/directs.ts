// Texts in English: direct conversations, and who may write to whom. See en.ts.
export const directsEn = {
  directs: {
    direct: 'Direct conversation',
    leaveText: 'You stop getting messages from this conversation. The others go on without you.',
  },
}
