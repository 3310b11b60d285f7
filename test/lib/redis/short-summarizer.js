/** What a worker of a test writes instead of a model. */
export function summarize(messages, { tenant }) {
  if (tenant === 'unlucky') throw new RangeError('no');
  return `${messages.length} messages of ${tenant}.`;
}
