import { describe, expect, test } from 'vitest';
import {
  contentText,
  toAnswerContent,
  toSystemText,
  toUserContent,
} from '../../../src/domain/message-content.ts';

const text = { type: 'text', text: 'Look' };
const image = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } };

describe('toUserContent', () => {
  test('C-144: keeps text as it is, and unwraps a message with content', () => {
    expect(toUserContent('Hi')).toBe('Hi');
    expect(toUserContent({ role: 'user', content: 'Hi' })).toBe('Hi');
  });

  test('C-144: shows other values as compact JSON, without escaping what is not ASCII', () => {
    expect(toUserContent({ städte: ['Köln', '東京'] })).toBe('{"städte":["Köln","東京"]}');
    expect(toUserContent({ content: { a: 1 } })).toBe('{"a":1}');
    expect(toUserContent(7)).toBe('7');
  });

  test('makes null an empty text, as the format wants one', () => {
    expect(toUserContent(null)).toBe('');
    expect(toUserContent({ content: null })).toBe('');
  });

  test('passes parts on, pictures included', () => {
    expect(toUserContent([text, image])).toEqual([text, image]);
    expect(toUserContent({ content: [text] })).toEqual([text]);
  });

  test('shows parts of other formats as text parts', () => {
    const content = [{ type: 'input_text', text: 'Hi' }, 'bare', { type: 'other', value: 1 }];
    expect(toUserContent(content)).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'text', text: 'bare' },
      { type: 'text', text: '{"type":"other","value":1}' },
    ]);
  });

  test('shows an array without any known part as JSON, and an empty one as empty text', () => {
    expect(toUserContent([{ type: 'order', id: 1 }])).toBe('[{"type":"order","id":1}]');
    expect(toUserContent([])).toBe('');
  });
});

describe('toAnswerContent', () => {
  test('keeps null, which an answer that only calls tools has', () => {
    expect(toAnswerContent({ content: null, tool_calls: [] })).toBeNull();
  });

  test('keeps a refusal and names a picture, which an answer cannot hold', () => {
    const refusal = { type: 'refusal', refusal: 'No.' };
    expect(toAnswerContent([refusal, image])).toEqual([
      refusal,
      { type: 'text', text: '[image https://example.org/a.png]' },
    ]);
  });
});

describe('toSystemText', () => {
  test('is always text', () => {
    expect(toSystemText('Be kind.')).toBe('Be kind.');
    expect(toSystemText([text, image])).toBe('Look\n[image https://example.org/a.png]');
    expect(toSystemText(null)).toBe('');
  });
});

describe('contentText', () => {
  test('joins the texts of parts and names the others', () => {
    expect(contentText([text, image, text])).toBe('Look\n[image]\nLook');
    expect(contentText(null)).toBe('');
  });
});
