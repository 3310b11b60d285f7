import { describe, expect, test } from 'vitest';
import { assertVersion } from '../../../../src/store/redis/server-check.ts';

function infoOf(version: string): string {
  return `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\n`;
}

describe('assertVersion', () => {
  test.each(['6.2.0', '6.2.14', '7.0.15', '7.2.4', '8.0.0', '10.1.0', '255.255.255'])(
    'accepts %s',
    (version) => {
      expect(() => assertVersion(infoOf(version))).not.toThrow();
    },
  );

  test.each(['6.0.16', '5.0.14', '2.8.19'])('refuses %s by its name', (version) => {
    expect(() => assertVersion(infoOf(version))).toThrow(
      `Redis 6.2 or newer is needed, and this is ${version}`,
    );
  });

  test('accepts a server that does not say', () => {
    expect(() => assertVersion('# Server\r\n')).not.toThrow();
  });
});
