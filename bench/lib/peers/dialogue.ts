import { seededRandom } from '../../../src/testing/seeded-random.ts';
import type { Turn } from './conversation.ts';

const WORDS = (
  'the order parcel invoice refund address account password delivery courier warehouse Tuesday morning ticket support ' +
  'customer payment card bank transfer receipt discount voucher subscription renewal cancel change upgrade plan monthly ' +
  'yearly price total shipping return label printer broken missing wrong size colour blue green small large exchange ' +
  'please thank you could would when where why how long because although however meanwhile I we they my our your their ' +
  'is are was were has have had will can should must not never always already still yet soon later tomorrow yesterday ' +
  'arrived left sent received checked confirmed promised tracked delayed lost found number code page screen button error'
).split(' ');

/** Characters of one message, about; a short chat message. */
const MESSAGE_LENGTH = 100;

/** Makes turns of about 100 characters a message; the same seed always gives the same ones, and no text occurs twice. */
export function someTurns(count: number, seed = 1): readonly Turn[] {
  const random = seededRandom(seed);
  const text = (ending: string): string => {
    const words: string[] = [];
    for (let length = ending.length; length < MESSAGE_LENGTH;) {
      const word = WORDS[random.below(WORDS.length)] ?? '';
      words.push(word);
      length += word.length + 1;
    }
    return flat(`${words.join(' ')}${ending}`);
  };
  return Array.from({ length: count }, (_, index) => ({
    question: text(` in case ${seed}-${index}?`),
    answer: text(` for case ${seed}-${index}.`),
  }));
}

/** The text in one piece, as one that came from the network: a rope would be flattened inside of what is measured. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
